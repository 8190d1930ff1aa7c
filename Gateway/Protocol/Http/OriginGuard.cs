using System.Net;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// Refuses what a browser was tricked into sending (rule H2, DNS rebinding): a page's origin must be allowed, and a gateway on loopback
/// answers to loopback's names only. Programs send no <c>Origin</c> and are not concerned.
/// </summary>
internal sealed class OriginGuard
{
    private readonly bool _checkHost;
    private readonly bool _allowLoopbackOrigins;
    private readonly HashSet<string> _hosts;
    private readonly HashSet<string> _origins;

    public OriginGuard(GatewayOptions options)
    {
        _hosts = new HashSet<string>(options.AllowedHosts, StringComparer.OrdinalIgnoreCase);
        _origins = new HashSet<string>(options.AllowedOrigins.Select(o => o.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);
        _checkHost = !_hosts.Contains("*") && (options.IsLoopback || _hosts.Count > 0);
        _allowLoopbackOrigins = options.IsLoopback;
    }

    public bool Allows(string origin) =>
        _origins.Contains("*") || _origins.Contains(origin)
        || (_allowLoopbackOrigins && Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && IsLoopback(uri.Host));

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        // An orchestrator's probe names the address it found, not a name of ours; it is told nothing but that the gateway is up.
        if (_checkHost
            && !request.Path.StartsWithSegments("/health")
            && !_hosts.Contains(request.Host.Host)
            && !_hosts.Contains(request.Host.Value ?? "")
            && !IsLoopback(request.Host.Host))
            return RefuseAsync(context, "This Host is not one the gateway answers to; allow it with --allowed-hosts.");
        var origin = request.Headers.Origin;
        if (origin.Count > 0 && (origin.Count > 1 || !Allows(origin[0] ?? "")))
            return RefuseAsync(context, "This Origin is not allowed; allow it with --allowed-origins.");
        return next(context);
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static Task RefuseAsync(HttpContext context, string sentence) =>
        McpPost.FailAsync(context.Response, RpcException.InvalidRequest(sentence, StatusCodes.Status403Forbidden));
}
