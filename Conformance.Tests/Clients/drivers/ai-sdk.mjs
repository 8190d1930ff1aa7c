import { createMCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio';

export const client = {
  title: 'AI SDK',
  package: '@ai-sdk/mcp',
  // Of the older protocol it forgets a call that is aborted and does not tell the server.
  cans: ['list', 'call', 'read'],
  ways: [{ transport: 'http', era: 'modern', cans: ['list', 'call', 'read', 'cancel'] }, { transport: 'http', era: 'legacy' }, { transport: 'sse' }, { transport: 'stdio', era: 'negotiated' }],
  async connect({ transport, era, url, headers, command, args }) {
    const client = await createMCPClient({
      transport: transport === 'stdio' ? new StdioTransport({ command, args, stderr: 'ignore' }) : { type: transport, url, headers },
      protocolVersionDiscovery: era !== 'legacy',
    });
    const tools = await client.tools();
    return {
      list: async () => Object.keys(tools),
      call: (name, args, { signal } = {}) => tools[name].execute(args, { toolCallId: '1', messages: [], abortSignal: signal }),
      read: uri => client.readResource({ uri }),
      close: () => client.close(),
    };
  },
};
