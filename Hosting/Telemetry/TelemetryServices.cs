using System.Diagnostics;
using System.Reflection;
using Granary.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Granary.Hosting.Telemetry;

/// <summary>Sets traces and metrics up, for both programs alike.</summary>
public static class TelemetryServices
{
    /// <summary>Collects what an operator asked for and nothing else: without an exporter no span is made and nothing is measured.</summary>
    /// <param name="builder">The program.</param>
    /// <param name="settings">What OpenTelemetry's variables say.</param>
    /// <param name="service">The program's name, where no variable gives it another.</param>
    /// <param name="beginsTraces">Whether clients call this program: traces begin there.</param>
    /// <param name="metricsPort">The port of <c>/metrics</c>; null for none.</param>
    public static void AddTelemetry(
        this IHostApplicationBuilder builder, TelemetrySettings settings, string service, bool beginsTraces, int? metricsPort)
    {
        // With or without an exporter: a backend sees the trace its call belongs to, and no baggage.
        builder.Services.AddSingleton<DistributedContextPropagator>(new TraceparentPropagator());
        // While this category may log, the framework begins a span for every request, kept or not. What it logs is below what this program shows.
        if (!settings.ExportsTraces)
            builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (!settings.ExportsTraces && !settings.ExportsMetrics && metricsPort is null)
            return;
        builder.Configuration.AddInMemoryCollection(settings.Variables);
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            // An operator's names come last, and so count.
            .Clear().AddTelemetrySdk().AddService(service, serviceNamespace: "granary", ProgramVersion.Of(Assembly.GetEntryAssembly())).AddEnvironmentVariableDetector());
        if (settings.ExportsMetrics || metricsPort is not null)
            telemetry.WithMetrics(metrics => Measure(metrics, settings, metricsPort));
        if (!settings.ExportsTraces)
            return;
        // In JSON, ids come as a scope; lines of text have them from the formatter itself.
        builder.Logging.Configure(logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        builder.Services.Configure<JsonConsoleFormatterOptions>(json => json.IncludeScopes = true);
        telemetry.WithTracing(traces => Trace(traces, settings, beginsTraces));
    }

    /// <summary>Begins to collect where no host is started that would; disposing of the services sends what is left.</summary>
    public static void StartTelemetry(this IServiceProvider services)
    {
        services.GetService<MeterProvider>();
        services.GetService<TracerProvider>();
    }

    private static void Measure(MeterProviderBuilder metrics, TelemetrySettings settings, int? metricsPort)
    {
        metrics.AddMeter("Granary.*", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
        if (metricsPort is not null)
            metrics.AddPrometheusExporter();
        if (settings.ExportsMetrics)
            metrics.AddOtlpExporter();
    }

    private static void Trace(TracerProviderBuilder traces, TelemetrySettings settings, bool beginsTraces) => traces
        .SetSampler(TraceSampler.Create(settings.Sampler, beginsTraces))
        .AddSource("Granary.*", "Microsoft.Orleans.Application", "System.Net.Http")
        .AddProcessor(new InheritedTags())
        .AddOtlpExporter();
}
