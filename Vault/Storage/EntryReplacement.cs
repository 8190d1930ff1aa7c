namespace Granary.Vault.Storage;

/// <summary>The rule of <see cref="LogEntry.Replaces"/>: the line changes, the entry hash does not.</summary>
internal static class EntryReplacement
{
    public static bool IsAllowed(VaultFormat format, LineReplacement replacement, ReadOnlySpan<byte> old) =>
        !format.HasChain
        && !replacement.Line.Span.Contains((byte)'\n')
        && format.Entries.Check(replacement.Position, old, default, out var before) == EntryState.Whole
        && format.Entries.Check(replacement.Position, replacement.Line.Span, default, out var after) == EntryState.Whole
        && before == after;

    public static VaultStorageException Refused(long position) =>
        new(VaultStorageFailure.Refused, $"The event at position {position} cannot be replaced: there is none, or the new line is not the same event.");
}
