using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// The path that a client sees in front of the gateway's own: what proxies say they took away (<c>X-Forwarded-Prefix</c>, one after the other), else
/// what the operator says they have in front (<c>--path-base</c>).
/// </summary>
internal static class ForwardedPrefix
{
    private const string Header = "X-Forwarded-Prefix";

    /// <exception cref="RpcException">The header has no path: an address made with it could name another host.</exception>
    public static string Of(HttpRequest request, string pathBase)
    {
        var forwarded = "";
        foreach (var part in request.Headers[Header].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries)))
        {
            var segment = part.TrimEnd('/');
            if (segment.Length > 0 && !PathPrefix.IsValid(segment))
                throw RpcException.InvalidRequest($"The header {Header} is a path such as /granary: letters, digits, '-', '.', '_', '~' and single '/'.");
            forwarded += segment;
        }
        // A proxy that passes its prefix on may name it all the same.
        return forwarded.EndsWith(pathBase, StringComparison.Ordinal) ? forwarded : forwarded + pathBase;
    }
}
