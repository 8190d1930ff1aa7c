import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

export const client = {
  title: 'TypeScript SDK 2.x',
  package: '@modelcontextprotocol/client',
  cans: ['list', 'call', 'read', 'subscribe', 'cancel', 'progress'],
  ways: [
    { transport: 'http', era: 'modern' }, { transport: 'http', era: 'legacy' }, { transport: 'sse', era: 'legacy' },
    { transport: 'stdio', era: 'modern' }, { transport: 'stdio', era: 'legacy' },
  ],
  connect,
};

async function connect({ transport, era, url, headers, command, args }) {
  const client = new Client(
    { name: 'granary-clients', version: '1' },
    { versionNegotiation: { mode: era === 'modern' ? 'auto' : 'legacy' } });
  await client.connect(
    transport === 'stdio' ? new StdioClientTransport({ command, args, stderr: 'ignore' })
    : transport === 'sse' ? new SSEClientTransport(new URL(url), { requestInit: { headers } })
    : new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return {
    list: async () => (await client.listTools()).tools.map(tool => tool.name),
    call: (name, args, { signal, onProgress } = {}) => client.callTool({ name, arguments: args }, { signal, onprogress: onProgress }),
    read: uri => client.readResource({ uri }),
    async subscribe(uri, updated) {
      client.setNotificationHandler('notifications/resources/updated', notification => updated(notification.params.uri));
      await (era === 'modern' ? client.listen({ resourceSubscriptions: [uri] }) : client.subscribeResource({ uri }));
    },
    close: () => client.close(),
  };
}
