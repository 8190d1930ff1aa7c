import { fileURLToPath } from 'node:url';
import { command, configuration } from './command.mjs';

const program = fileURLToPath(new URL('../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url));

export const client = {
  title: 'MCP Inspector (CLI)',
  package: '@modelcontextprotocol/inspector',
  cans: ['list', 'call', 'read'],
  ways: [
    { transport: 'http', era: 'modern' }, { transport: 'http', era: 'legacy' }, { transport: 'sse', era: 'legacy' },
    { transport: 'stdio', era: 'modern' }, { transport: 'stdio', era: 'legacy' },
  ],
  // Each command connects anew.
  async connect({ transport, era, url, headers, command: server, args }) {
    // Of a command line it would take the server's flags for its own.
    const target = transport === 'stdio'
      ? ['--config', configuration({ command: server, args }), '--server', 'granary']
      : ['--server-url', url, '--transport', transport, ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`])];
    const ask = async (...rest) => JSON.parse(await inspect([...target, '--protocol-era', era, '--stored-auth-only', '--format', 'json', ...rest]));
    return {
      list: async () => (await ask('--method', 'tools/list')).result.tools.map(tool => tool.name),
      call: (name, args) => ask('--method', 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args)),
      read: uri => ask('--method', 'resources/read', '--uri', uri),
      close: async () => {},
    };
  },
};

const inspect = args => command([program, '--cli', ...args]);
