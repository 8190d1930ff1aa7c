import { MultiServerMCPClient } from '@langchain/mcp-adapters';

export const client = {
  title: 'LangChain MCP adapters',
  package: '@langchain/mcp-adapters',
  cans: ['list', 'call', 'read', 'subscribe', 'cancel', 'progress'],
  ways: [{ transport: 'http' }, { transport: 'sse' }, { transport: 'stdio' }],
  async connect({ transport, url, headers, command, args }) {
    const listeners = { progress: () => {}, updated: () => {} };
    const client = new MultiServerMCPClient({
      mcpServers: {
        granary: transport === 'stdio'
          ? { transport, command, args, stderr: 'ignore' }
          : { transport, url, headers, automaticSSEFallback: false },
      },
      onProgress: progress => listeners.progress(progress),
      onResourcesUpdated: resource => listeners.updated(resource.uri),
    });
    const tools = Object.fromEntries((await client.getTools()).map(tool => [tool.name, tool]));
    return {
      list: async () => Object.keys(tools),
      call(name, args, { signal, onProgress } = {}) {
        if (onProgress) listeners.progress = onProgress;
        return tools[name].invoke(args, { signal });
      },
      read: uri => client.readResource('granary', uri),
      async subscribe(uri, updated) {
        listeners.updated = updated;
        await (await client.getClient('granary')).subscribeResource({ uri });
      },
      close: () => client.close(),
    };
  },
};
