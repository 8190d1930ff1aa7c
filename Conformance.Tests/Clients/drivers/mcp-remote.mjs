import { fileURLToPath } from 'node:url';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { visitor } from '../visitor.mjs';
import { connect } from './sdk-1.mjs';

const program = fileURLToPath(new URL('../node_modules/mcp-remote/dist/proxy.js', import.meta.url));

export const client = {
  title: 'mcp-remote',
  package: 'mcp-remote',
  cans: ['list', 'call', 'read', 'subscribe', 'cancel', 'progress'],
  // By the new protocol it says that it subscribed before it has, and cancels by a message, where that protocol closes the stream.
  ways: [{ transport: 'http', era: 'modern', cans: ['list', 'call', 'read', 'progress'] }, { transport: 'http', era: 'legacy', login: true }, { transport: 'sse', era: 'legacy' }],
  connect({ transport, era, url, headers }) {
    const args = [program, url, '--transport', transport === 'sse' ? 'sse-only' : 'http-only', '--protocol', era === 'modern' ? 'auto' : 'legacy', '--silent'];
    for (const [name, value] of Object.entries(headers))
      args.push('--header', `${name}: ${value}`);
    return connect(start(args, 'ignore'));
  },
  async login({ url }) {
    const transport = start([program, url, '--transport', 'http-only', '--static-oauth-client-info', '{"client_id":"desktop"}'], 'pipe');
    transport.stderr.on('data', visitor());
    const connection = await connect(transport);
    try {
      return await connection.call('list_vaults', {});
    } finally {
      await connection.close();
    }
  },
};

const start = (args, stderr) => new StdioClientTransport({ command: process.execPath, args, stderr, env: { ...process.env } });
