import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

export const client = {
  title: 'TypeScript SDK 1.x',
  package: '@modelcontextprotocol/sdk',
  cans: ['list', 'call', 'read', 'subscribe', 'cancel', 'progress'],
  ways: [{ transport: 'http' }, { transport: 'sse' }, { transport: 'stdio' }],
  connect: server => connect(transportFor(server)),
};

const transportFor = ({ transport, url, headers, command, args }) =>
  transport === 'stdio' ? new StdioClientTransport({ command, args, stderr: 'ignore' })
  : transport === 'sse' ? new SSEClientTransport(new URL(url), { requestInit: { headers } })
  : new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });

/** Also what stands behind mcp-remote: a client of stdio. */
export async function connect(transport) {
  const client = new Client({ name: 'granary-clients', version: '1' });
  await client.connect(transport);
  return {
    list: async () => (await client.listTools()).tools.map(tool => tool.name),
    call: (name, args, { signal, onProgress } = {}) => client.callTool({ name, arguments: args }, undefined, { signal, onprogress: onProgress }),
    read: uri => client.readResource({ uri }),
    async subscribe(uri, updated) {
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, notification => updated(notification.params.uri));
      await client.subscribeResource({ uri });
    },
    close: () => client.close(),
  };
}
