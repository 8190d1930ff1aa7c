using Granary.Gateway.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace Granary.Gateway.Hosting;

/// <summary>Takes the client's address from <c>X-Forwarded-For</c>, where a proxy that is trusted says it. Anybody else's header changes nothing.</summary>
internal static class TrustedProxies
{
    public static void UseTrustedProxies(this WebApplication app, GatewayOptions options)
    {
        if (options.TrustedProxies.Count == 0)
            return;
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        forwarded.KnownIPNetworks.Clear();
        forwarded.KnownProxies.Clear();
        foreach (var network in options.TrustedProxies)
            forwarded.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(forwarded);
    }
}
