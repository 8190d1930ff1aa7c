namespace Granary.Tenants.Vaults.Views;

/// <summary>How many events each type and each actor of a vault has, and the id of each actor's last one.</summary>
internal sealed class EventCounts
{
    private readonly SortedDictionary<string, long> _types = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ActorEvents> _actors = new(StringComparer.Ordinal);

    /// <summary>Events by type, in ordinal order.</summary>
    public IReadOnlyDictionary<string, long> Types => _types;

    /// <summary>Events by actor, in ordinal order.</summary>
    public IReadOnlyDictionary<string, ActorEvents> Actors => _actors;

    /// <summary>Takes the log's next event.</summary>
    public void Take(in EventFields fields)
    {
        if (EventFields.Text(fields.Type) is { } type)
            _types[type] = _types.GetValueOrDefault(type) + 1;
        if (EventFields.Text(fields.Actor) is { } actor)
            _actors[actor] = new ActorEvents(_actors.GetValueOrDefault(actor).Count + 1, EventFields.Text(fields.Id));
    }
}

/// <summary>An actor's events.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="LastId">The last one's id, or null.</param>
internal readonly record struct ActorEvents(long Count, string? LastId);
