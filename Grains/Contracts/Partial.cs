namespace Granary.Grains.Contracts;

/// <summary>
/// The answer of a call that may take longer than a message may wait: its result, or a ticket to ask again with. Short waits tell a caller
/// within a second that its silo is gone, however long the work takes.
/// </summary>
/// <param name="Result">The result, once there is one.</param>
/// <param name="Ticket">What to ask again with; null with the result.</param>
/// <param name="Done">How far the work is.</param>
/// <param name="Total">How far it goes; 0 where nobody counts.</param>
[GenerateSerializer, Immutable, Alias("granary.partial`1")]
public sealed record Partial<T>([property: Id(0)] T? Result, [property: Id(1)] Guid? Ticket, [property: Id(2)] long Done, [property: Id(3)] long Total)
    where T : class;
