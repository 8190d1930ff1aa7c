using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Messages;
using Granary.Hosting.Configuration;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// Refuses what a browser was tricked into sending (rule H2, DNS rebinding), in this order:
/// 1. the host that the request names must be one the gateway answers to: on loopback, loopback's names only. An orchestrator's probe is excused, for
///    it names the address it found, and is told nothing but that the gateway is up;
/// 2. the origin of the page that sends it, where there is one, must be in the spelling that browsers use, and must be listed, or the gateway's own.
///    Pages of other ports of this machine are those of other programs and users: they are let through only where a key is asked for.
/// Programs send no <c>Origin</c> and are not concerned. The host is compared as text: turning it into Unicode fails for some, with an exception.
/// </summary>
internal sealed class OriginGuard
{
    private readonly Refusals _refusals;
    private readonly bool _checkHost;
    private readonly bool _allowLoopbackOrigins;
    private readonly HashSet<string> _hosts;
    private readonly HashSet<string> _origins;

    public OriginGuard(GatewayOptions options, Refusals refusals)
    {
        _refusals = refusals;
        _hosts = new HashSet<string>(options.AllowedHosts, StringComparer.OrdinalIgnoreCase);
        _origins = new HashSet<string>(options.AllowedOrigins.Select(o => o.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);
        _checkHost = !_hosts.Contains("*") && (options.IsLoopback || _hosts.Count > 0);
        _allowLoopbackOrigins = options.IsLoopback && options.Authenticates;
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var value = request.Headers.Host.ToString();
        if (!request.Path.StartsWithSegments("/health"))
        {
            if (HostNames.WithoutPort(value) is not { } host)
                return RefuseAsync(context, StatusCodes.Status400BadRequest, "host", "The Host header has no host name: letters, digits, '-', '.' and '_', or an IP address.");
            if (_checkHost && !_hosts.Contains(host) && !_hosts.Contains(host.Trim('[', ']')) && !_hosts.Contains(value) && !HostNames.IsLoopback(host))
                return RefuseAsync(context, StatusCodes.Status403Forbidden, "host", "This Host is not one the gateway answers to; allow it with --allowed-hosts.");
        }
        var origin = request.Headers.Origin;
        if (origin.Count > 0 && (origin.Count > 1 || !Allows(origin[0] ?? "", value)))
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "origin", "This Origin is not allowed; allow it with --allowed-origins.");
        return next(context);
    }

    private bool Allows(string origin, string host)
    {
        if (_origins.Contains("*"))
            return origin == "null" || Origin.IsOrigin(origin);
        if (!Origin.IsOrigin(origin))
            return false;
        var authority = Origin.Authority(origin);
        return _origins.Contains(origin)
            // What names itself is no proof where any name is answered to.
            || (_checkHost && authority.Equals(host, StringComparison.OrdinalIgnoreCase))
            || (_allowLoopbackOrigins && HostNames.IsLoopback(HostNames.WithoutPort(authority)!));
    }

    private Task RefuseAsync(HttpContext context, int status, string rule, string sentence)
    {
        _refusals.Record(context, status, rule);
        return McpPost.FailAsync(context.Response, RpcException.InvalidRequest(sentence, status));
    }
}
