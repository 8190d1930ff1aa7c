namespace Granary.Vault.Storage;

/// <summary>One entry to append: the exact bytes of its lines, each without its line feed.</summary>
/// <param name="Hash">The head after this entry, 64 hex digits.</param>
/// <param name="Event">The event's line.</param>
/// <param name="Chain">The chain's line, or empty.</param>
public sealed record LogEntry(string Hash, ReadOnlyMemory<byte> Event, ReadOnlyMemory<byte> Chain)
{
    /// <summary>The bridge event's line, or empty.</summary>
    public ReadOnlyMemory<byte> Bridge { get; init; }

    /// <summary>The idempotency key this entry takes, if it takes one.</summary>
    public IdempotencyClaim? Claim { get; init; }

    /// <summary>
    /// An earlier event's line that gives way to another one of the same entry hash, in the same step: how a payload is redacted. Only where the format
    /// has no chain stream, and for events that were in the log before the append.
    /// </summary>
    public LineReplacement? Replaces { get; init; }
}

/// <summary>Another line for an event that is in the log.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Line">Its new line, without line feed; its entry hash must be the old one's.</param>
public sealed record LineReplacement(long Position, ReadOnlyMemory<byte> Line);

/// <summary>An idempotency key, kept in the same atomic step as the entry it represents.</summary>
/// <param name="Key">The client's key.</param>
/// <param name="Digest">A digest of the content, to tell a repeat from a key used twice: 64 hex digits.</param>
/// <param name="Receipt">What the appender wants back with a repeat; opaque to the store, at most 4 KiB.</param>
public sealed record IdempotencyClaim(string Key, string Digest, ReadOnlyMemory<byte> Receipt)
{
    /// <summary>What the keys begin with that are remembered for a short while only, until a call in doubt has been repeated.</summary>
    public const char RetryMark = '\u0001';

    /// <summary>Whether a store may forget it before the clients' own keys.</summary>
    public bool ForRetry => Key[0] == RetryMark;
}

/// <summary>A claim that was granted, and the entry that took it.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Position">The entry's position.</param>
/// <param name="Hash">The entry's hash.</param>
public sealed record IdempotencyRecord(IdempotencyClaim Claim, long Position, string Hash);
