namespace Granary.Tenants.Vaults.Operations.Reading;

/// <summary>Which events are meant; all conditions must hold.</summary>
internal sealed class EventFilter
{
    private readonly byte[]? _type;
    private readonly byte[]? _actor;
    private readonly byte[]? _namespace;

    /// <summary>Reads <c>event_type</c>, <c>actor</c> and <c>namespace</c>.</summary>
    public EventFilter(OperationArguments arguments)
    {
        _type = Member(arguments, "event_type");
        _actor = Member(arguments, "actor");
        _namespace = Member(arguments, "namespace");
    }

    /// <summary>Whether every event is meant.</summary>
    public bool TakesAll => _type is null && _actor is null && _namespace is null;

    public bool Takes(in EventView view) =>
        (_type is null || view.Type.SequenceEqual(_type))
        && (_actor is null || view.Actor.SequenceEqual(_actor))
        && (_namespace is null || view.Namespace.SequenceEqual(_namespace));

    private static byte[]? Member(OperationArguments arguments, string name) => arguments.Text(name) is { } text ? EventView.Canonical(text) : null;
}
