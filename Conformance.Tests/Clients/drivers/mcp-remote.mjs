import { fileURLToPath } from 'node:url';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { connect } from './sdk-1.mjs';

const program = fileURLToPath(new URL('../node_modules/mcp-remote/dist/proxy.js', import.meta.url));

export const client = {
  title: 'mcp-remote',
  package: 'mcp-remote',
  cans: ['list', 'call', 'read', 'subscribe', 'cancel', 'progress'],
  // By the new protocol it says that it subscribed before it has, and cancels by a message, where that protocol closes the stream.
  ways: [{ transport: 'http', era: 'modern', cans: ['list', 'call', 'read', 'progress'] }, { transport: 'http', era: 'legacy' }, { transport: 'sse', era: 'legacy' }],
  connect({ transport, era, url, headers }) {
    const args = [program, url, '--transport', transport === 'sse' ? 'sse-only' : 'http-only', '--protocol', era === 'modern' ? 'auto' : 'legacy', '--silent'];
    for (const [name, value] of Object.entries(headers))
      args.push('--header', `${name}: ${value}`);
    return connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore', env: { ...process.env } }));
  },
};
