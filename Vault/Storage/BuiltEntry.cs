namespace Granary.Vault.Storage;

/// <summary>An entry ready to append, and what its receipt says.</summary>
/// <param name="Entry">The lines, without a claim.</param>
/// <param name="EventId">The event's id.</param>
/// <param name="Timestamp">Its time as written.</param>
/// <param name="BridgeEventId">The id of the event that the reducer reads, where one was asked for.</param>
/// <param name="StateHash">The hash of the reducer's state after it, where it was asked for.</param>
public sealed record BuiltEntry(LogEntry Entry, string EventId, string Timestamp, string? BridgeEventId, string? StateHash = null);
