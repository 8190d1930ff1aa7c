using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Tools;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

internal sealed class ToolsList(ToolCatalog catalog, Authorizer authorizer) : IRpcMethod
{
    private readonly ListCache<Tool> _list = new(catalog.Definitions, catalog.TargetOf, authorizer, (page, next, scope) => new ListToolsResult
    {
        Tools = page,
        NextCursor = next,
        TimeToLive = ResultWriter.TimeToLive,
        CacheScope = scope,
    });

    public string Name => RequestMethods.ToolsList;

    public bool IsList => true;

    public ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        _list.Write(call, reply);
        return default;
    }
}
