using Granary.Hosting.Configuration;
using Granary.Hosting.Telemetry;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>OpenTelemetry's own variables, as its specification has them, except that nothing is exported unless an endpoint is named.</summary>
public sealed class TelemetrySettingsTests
{
    [Theory]
    [InlineData("", false, false)]
    [InlineData("OTEL_SERVICE_NAME=a", false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4318/v1/traces", true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://collector:4318/v1/metrics", false, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 OTEL_METRICS_EXPORTER=none", true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 OTEL_TRACES_EXPORTER=none OTEL_METRICS_EXPORTER=otlp", false, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 OTEL_SDK_DISABLED=true", false, false)]
    public void An_endpoint_switches_it_on(string variables, bool traces, bool metrics)
    {
        var settings = TelemetrySettings.Read(Settings(variables));
        (settings.ExportsTraces, settings.ExportsMetrics).ShouldBe((traces, metrics));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317", "http://collector:4317")]
    [InlineData("OTEL_TRACES_EXPORTER=zipkin", "otlp or none")]
    [InlineData("OTEL_TRACES_SAMPLER=jaeger_remote", "parentbased_traceidratio")]
    [InlineData("OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=10%", "from 0 to 1")]
    [InlineData("OTEL_SDK_DISABLED=maybe", "true or false")]
    public void What_cannot_be_used_is_a_sentence(string variables, string part) =>
        Should.Throw<InvalidDataException>(() => TelemetrySettings.Read(Settings(variables))).Message.ShouldContain(part);

    private static Settings Settings(string variables)
    {
        var values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return new Settings(name => values.GetValueOrDefault(name));
    }
}
