using System.Globalization;
using Granary.Hosting.Configuration;
using OpenTelemetry.Trace;

namespace Granary.Hosting.Telemetry;

/// <summary>
/// Traces begin where a request comes in. What a program does by itself, such as asking whether silos are there, would be a trace of one span each time.
/// A silo begins none: a call whose gateway does not keep the trace arrives without its context, and would look like the beginning of one.
/// </summary>
internal sealed class TraceSampler(Sampler beginning, bool beginsTraces) : Sampler
{
    /// <summary>Decides for roots as this does, and for all else as the span above it was decided.</summary>
    public static Sampler Create(Sampler beginning, bool beginsTraces) => new ParentBasedSampler(new TraceSampler(beginning, beginsTraces));

    /// <summary>Reads <c>OTEL_TRACES_SAMPLER</c> and its argument; for what has a parent that parent decides in any case.</summary>
    /// <exception cref="InvalidDataException">It is none of the specification's.</exception>
    public static Sampler Read(Settings settings) => settings.Text("OTEL_TRACES_SAMPLER") switch
    {
        null or "always_on" or "parentbased_always_on" => new AlwaysOnSampler(),
        "always_off" or "parentbased_always_off" => new AlwaysOffSampler(),
        "traceidratio" or "parentbased_traceidratio" => new TraceIdRatioBasedSampler(Ratio(settings.Text("OTEL_TRACES_SAMPLER_ARG"))),
        var other => throw new InvalidDataException(
            $"OTEL_TRACES_SAMPLER is parentbased_always_on, parentbased_always_off or parentbased_traceidratio; it is '{other}'."),
    };

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        beginsTraces && samplingParameters.Kind == System.Diagnostics.ActivityKind.Server
            ? beginning.ShouldSample(samplingParameters)
            : new SamplingResult(SamplingDecision.Drop);

    private static double Ratio(string? text) =>
        text is null ? 1
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1 ? ratio
        : throw new InvalidDataException($"OTEL_TRACES_SAMPLER_ARG is the share of traces to keep, from 0 to 1, for example 0.1; it is '{text}'.");
}
