import { MCPClient } from '@mastra/mcp';

const all = ['list', 'call', 'read', 'subscribe', 'cancel', 'progress'];

export const client = {
  title: 'Mastra',
  package: '@mastra/mcp',
  cans: ['list', 'call', 'read', 'cancel', 'progress'],
  // It subscribes by the new protocol only.
  ways: [
    { transport: 'http', era: 'modern', cans: all }, { transport: 'http', era: 'legacy' },
    { transport: 'stdio', era: 'modern', cans: all }, { transport: 'stdio', era: 'legacy' },
  ],
  async connect({ transport, era, url, headers, command, args }) {
    const client = new MCPClient({
      id: crypto.randomUUID(),
      servers: {
        granary: {
          ...(transport === 'stdio' ? { command, args, stderr: 'ignore' } : { url: new URL(url), requestInit: { headers }, connectTimeout: 60_000 }),
          enableProgressTracking: true,
          ...(era === 'legacy' ? { protocolVersion: 'legacy' } : {}),
        },
      },
    });
    const tools = (await client.listToolsets()).granary;
    return {
      list: async () => Object.keys(tools),
      async call(name, args, { signal, onProgress } = {}) {
        if (onProgress) await client.progress.onUpdate('granary', onProgress);
        return tools[name].execute(args, { abortSignal: signal });
      },
      read: uri => client.resources.read('granary', uri),
      async subscribe(uri, updated) {
        await client.resources.onUpdated('granary', resource => updated(resource.uri));
        await client.resources.subscribe('granary', uri);
      },
      close: () => client.disconnect(),
    };
  },
};
