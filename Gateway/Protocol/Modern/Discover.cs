using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Modern;

/// <summary><c>server/discover</c> (rule D1): the same bytes for everyone, framed with the request's id.</summary>
internal sealed class Discover : IRpcMethod
{
    private readonly byte[] _result = ResultWriter.Prepare(
        new DiscoverResult
        {
            SupportedVersions = [.. Revisions.Supported],
            Capabilities = ServerIdentity.Capabilities,
            Instructions = ServerIdentity.Instructions,
            TimeToLive = ResultWriter.TimeToLive,
            CacheScope = CacheScope.Public,
        },
        modern: true);

    public string Name => RequestMethods.ServerDiscover;

    public bool InLegacy => false;

    public ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        RpcWriter.Result(reply, call.Envelope.Id.Span, _result);
        return default;
    }
}
