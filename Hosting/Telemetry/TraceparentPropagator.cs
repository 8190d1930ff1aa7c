using System.Diagnostics;

namespace Granary.Hosting.Telemetry;

/// <summary>
/// <c>traceparent</c> and <c>tracestate</c> from process to process, and nothing else. Baggage would carry whatever a client puts into it to every backend.
/// </summary>
internal sealed class TraceparentPropagator : DistributedContextPropagator
{
    private const string Parent = "traceparent";
    private const string State = "tracestate";

    public override IReadOnlyCollection<string> Fields { get; } = [Parent, State];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (setter is null || activity is not { IdFormat: ActivityIdFormat.W3C, Id: { } id })
            return;
        setter(carrier, Parent, id);
        if (activity.TraceStateString is { Length: > 0 } state)
            setter(carrier, State, state);
    }

    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        (traceId, traceState) = (null, null);
        if (getter is null)
            return;
        getter(carrier, Parent, out traceId, out _);
        getter(carrier, State, out traceState, out _);
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
