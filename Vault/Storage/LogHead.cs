namespace Granary.Vault.Storage;

/// <summary>The head of a log: how many entries it holds and the hash of the last one. An append names the head it builds on.</summary>
/// <param name="Count">The number of entries; the next one's position.</param>
/// <param name="Hash">64 lower-case hex digits; zeros before the first entry.</param>
public readonly record struct LogHead(long Count, string Hash)
{
    /// <summary>The hash before the first entry.</summary>
    public const string ZeroHash = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>The head of an empty log.</summary>
    public static LogHead Empty { get; } = new(0, ZeroHash);
}
