using Granary.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Granary.Hosting.Telemetry;

/// <summary>
/// Metrics in Prometheus' text form at <c>/metrics</c>, on a port of their own that serves nothing else: their readers need not be clients.
/// </summary>
public static class MetricsPort
{
    /// <summary>Reads <c>GRANARY_METRICS_PORT</c>; null where it is absent or 0.</summary>
    /// <exception cref="InvalidDataException">It is no port.</exception>
    public static int? Read(Settings settings) => settings.Number("GRANARY_METRICS_PORT", 0, 0, 65535) is > 0 and var port ? port : null;

    /// <summary>Serves them; call it before anything else is mapped.</summary>
    /// <param name="app">The program's pipeline.</param>
    /// <param name="port">The port.</param>
    /// <param name="loopback">Whether only this machine reaches the port: then a page that resolves to it by its own name is refused.</param>
    /// <param name="hosts">Names to answer to besides addresses and loopback's; where there are none and others reach the port, any.</param>
    public static void UseMetricsPort(this IApplicationBuilder app, int port, bool loopback, IReadOnlyList<string> hosts) =>
        app.MapWhen(context => context.Connection.LocalPort == port, metrics =>
        {
            metrics.Use(next => context =>
            {
                if (Allows(context.Request.Headers.Host.ToString(), loopback, hosts))
                    return next(context);
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return context.Response.WriteAsync("This Host is not one the metrics are served to.\n");
            });
            metrics.UseOpenTelemetryPrometheusScrapingEndpoint();
        });

    /// <summary>Prometheus scrapes a pod by its address, which no page can: a page's requests name the host it came from.</summary>
    private static bool Allows(string value, bool loopback, IReadOnlyList<string> hosts)
    {
        var host = HostNames.WithoutPort(value);
        if (host is null)
            return false;
        if (hosts.Contains("*") || HostNames.IsLoopback(host) || hosts.Contains(host, StringComparer.OrdinalIgnoreCase))
            return true;
        return !loopback && (hosts.Count == 0 || System.Net.IPAddress.TryParse(host.Trim('[', ']'), out _));
    }
}
