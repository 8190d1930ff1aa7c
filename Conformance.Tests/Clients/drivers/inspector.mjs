import { fileURLToPath } from 'node:url';
import { freePort, visitor } from '../visitor.mjs';
import { command, configuration } from './command.mjs';

const program = fileURLToPath(new URL('../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url));

export const client = {
  title: 'MCP Inspector (CLI)',
  package: '@modelcontextprotocol/inspector',
  cans: ['list', 'call', 'read'],
  ways: [
    { transport: 'http', era: 'modern', login: true }, { transport: 'http', era: 'legacy' }, { transport: 'sse', era: 'legacy' },
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
  /** Logs in with the vault names as its first question. */
  login: async ({ url }) => JSON.parse(await inspect([
    '--server-url', url, '--transport', 'http', '--protocol-era', 'modern', '--client-id', 'desktop',
    '--callback-url', `http://127.0.0.1:${await freePort()}/oauth/callback`,
    '--format', 'json', '--method', 'tools/call', '--tool-name', 'list_vaults'], visitor())),
};

const inspect = (args, listen) => command([program, '--cli', ...args], listen);
