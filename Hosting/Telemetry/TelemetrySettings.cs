using Granary.Hosting.Configuration;

namespace Granary.Hosting.Telemetry;

/// <summary>
/// What OpenTelemetry's own variables say. They are handed to its SDK as they are; read here is only what has to be known before it is set up. Nothing is
/// exported unless an endpoint is named: the specification's default, a collector on this machine, is rarely there.
/// </summary>
public sealed record TelemetrySettings
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

    /// <summary>The variables that the SDK reads, for it finds them in the host's configuration and nowhere else.</summary>
    private static readonly string[] Names =
    [
        .. (string[])["OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"],
        .. from signal in (string[])["", "TRACES_", "METRICS_"]
           from name in (string[])["ENDPOINT", "HEADERS", "TIMEOUT", "PROTOCOL", "CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"]
           select $"OTEL_EXPORTER_OTLP_{signal}{name}",
        .. (string[])["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"],
        .. (string[])["OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"],
        .. (string[])["OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT", "OTEL_METRICS_EXEMPLAR_FILTER"],
        .. (string[])["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"],
        .. (string[])["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_EVENT_COUNT_LIMIT", "OTEL_SPAN_LINK_COUNT_LIMIT"],
    ];

    /// <summary>Nothing is exported.</summary>
    public static TelemetrySettings Off { get; } = new();

    /// <summary>Whether spans are made and exported.</summary>
    public bool ExportsTraces { get; private init; }

    /// <summary>Whether measurements are exported.</summary>
    public bool ExportsMetrics { get; private init; }

    /// <summary>Which of the traces that begin here are kept.</summary>
    internal OpenTelemetry.Trace.Sampler Sampler { get; private init; } = new OpenTelemetry.Trace.AlwaysOnSampler();

    /// <summary>The variables as they were set, for the SDK.</summary>
    internal IReadOnlyDictionary<string, string?> Variables { get; private init; } = new Dictionary<string, string?>();

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">A value cannot be used; the message names the variable and what it takes.</exception>
    public static TelemetrySettings Read(Settings settings)
    {
        var isOff = settings.Flag("OTEL_SDK_DISABLED", false);
        return new TelemetrySettings
        {
            ExportsTraces = !isOff && Exports(settings, "OTEL_TRACES_EXPORTER", TracesEndpoint),
            ExportsMetrics = !isOff && Exports(settings, "OTEL_METRICS_EXPORTER", MetricsEndpoint),
            Sampler = TraceSampler.Read(settings),
            Variables = Names.Where(name => settings.Text(name) is not null).ToDictionary(name => name, settings.Text),
        };
    }

    private static bool Exports(Settings settings, string exporter, string endpoint)
    {
        Check(settings, Endpoint);
        Check(settings, endpoint);
        var isNamed = settings.Text(endpoint) is not null || settings.Text(Endpoint) is not null;
        return settings.Text(exporter) switch
        {
            null or "otlp" => isNamed,
            "none" => false,
            var other => throw new InvalidDataException($"{exporter} is otlp or none; it is '{other}'."),
        };
    }

    private static void Check(Settings settings, string name)
    {
        if (settings.Text(name) is { } text && !(Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            throw new InvalidDataException($"{name} is the address of a collector, for example http://collector:4317; it is '{text}'.");
    }
}
