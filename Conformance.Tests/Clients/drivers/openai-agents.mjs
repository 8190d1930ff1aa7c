import { MCPServerSSE, MCPServerStdio, MCPServerStreamableHttp } from '@openai/agents';

export const client = {
  title: 'OpenAI Agents SDK',
  package: '@openai/agents',
  cans: ['list', 'call', 'read', 'cancel'],
  ways: [{ transport: 'http' }, { transport: 'sse' }, { transport: 'stdio' }],
  async connect({ transport, url, headers, command, args }) {
    const http = { url, requestInit: { headers }, timeout: 60_000 };
    const server = transport === 'stdio' ? new MCPServerStdio({ command, args, clientSessionTimeoutSeconds: 60 })
      : transport === 'sse' ? new MCPServerSSE(http)
      : new MCPServerStreamableHttp(http);
    await server.connect();
    return {
      list: async () => (await server.listTools()).map(tool => tool.name),
      call: (name, args, { signal } = {}) => server.callTool(name, args, null, { signal }),
      read: uri => server.readResource(uri),
      close: () => server.close(),
    };
  },
};
