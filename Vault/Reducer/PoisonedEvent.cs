namespace Granary.Vault.Reducer;

/// <summary>An event that the reference's reducer fails on (specification 5.4). Here it is counted and changes no belief.</summary>
/// <param name="Number">Which of the counted events it is, from 0.</param>
/// <param name="EventId">Its id, where it can be read.</param>
/// <param name="Reason">A sentence.</param>
public sealed record PoisonedEvent(long Number, string? EventId, string Reason);
