import { fileURLToPath } from 'node:url';
import { command, configuration } from './command.mjs';

const program = fileURLToPath(new URL('../node_modules/mcporter/dist/cli.js', import.meta.url));

export const client = {
  title: 'mcporter',
  package: 'mcporter',
  cans: ['list', 'call', 'read'],
  ways: [{ transport: 'http' }, { transport: 'sse' }, { transport: 'stdio' }],
  // Each command connects anew, from a configuration file.
  async connect({ transport, url, headers, command: server, args }) {
    const config = configuration(transport === 'stdio' ? { command: server, args } : { type: transport, baseUrl: url, headers });
    const ask = (...rest) => porter(['--config', config, ...rest]);
    return {
      list: async () => JSON.parse(await ask('list', 'granary', '--json')).tools.map(tool => tool.name),
      call: (name, args) => ask('call', `granary.${name}`, '--args', JSON.stringify(args), '--output', 'raw'),
      read: uri => ask('resource', 'granary', uri, '--output', 'raw'),
      close: async () => {},
    };
  },
};

const porter = args => command([program, ...args]);
