using Granary.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Granary.Hosting.Telemetry;

/// <summary>
/// Metrics in Prometheus' text form at <c>/metrics</c>, on a port of their own that serves nothing else: whoever may read them need not be a client.
/// </summary>
public static class MetricsPort
{
    /// <summary>Reads <c>GRANARY_METRICS_PORT</c>; null where it is absent or 0.</summary>
    /// <exception cref="InvalidDataException">It is no port.</exception>
    public static int? Read(Settings settings) => settings.Number("GRANARY_METRICS_PORT", 0, 0, 65535) is > 0 and var port ? port : null;

    /// <summary>Collects what Granary, Orleans, the HTTP server and the runtime measure.</summary>
    public static void AddMetricsPort(this IServiceCollection services) => services.AddOpenTelemetry().WithMetrics(metrics => metrics
        .AddMeter("Granary.*", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
        .AddPrometheusExporter());

    /// <summary>Serves them; call it before anything else is mapped.</summary>
    public static void UseMetricsPort(this IApplicationBuilder app, int port) =>
        app.MapWhen(context => context.Connection.LocalPort == port, metrics => metrics.UseOpenTelemetryPrometheusScrapingEndpoint());
}
