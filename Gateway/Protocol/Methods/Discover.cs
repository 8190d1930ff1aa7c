using Granary.Gateway.Messages;
using Granary.Gateway.Protocol.Channels;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Methods;

/// <summary><c>server/discover</c> (rule D1): the same bytes for everyone, framed with the request's id.</summary>
internal sealed class Discover : IRpcMethod
{
    /// <summary>How long a client may keep what is the same for all and changes only with a deployment.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(5);

    private readonly byte[] _result = ResultWriter.Prepare(
        new DiscoverResult
        {
            SupportedVersions = [.. Revisions.Supported],
            Capabilities = ServerIdentity.Capabilities,
            Instructions = ServerIdentity.Instructions,
            TimeToLive = TimeToLive,
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
