using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Tools;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

internal sealed class ToolsList(ToolCatalog catalog) : IRpcMethod
{
    private readonly ListCache<Tool> _list = new(catalog.Definitions, (page, next) => new ListToolsResult
    {
        Tools = page,
        NextCursor = next,
        TimeToLive = ResultWriter.TimeToLive,
        CacheScope = CacheScope.Public,
    });

    public string Name => RequestMethods.ToolsList;

    public ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        _list.Write(call, reply);
        return default;
    }
}
