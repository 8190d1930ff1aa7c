namespace Granary.Vault.Storage;

/// <summary>What a store must know of a format to tell a torn tail from a whole one.</summary>
public interface IEntryFormat
{
    /// <summary>Folders that a vault's folder has even with nothing in them, for readers ask for them.</summary>
    IReadOnlyList<string> EmptyFolders { get; }

    /// <summary>Judges one entry as it was found.</summary>
    /// <param name="position">Its position.</param>
    /// <param name="eventLine">Its event's line.</param>
    /// <param name="chainLine">Its chain's line.</param>
    /// <param name="hash">Its hash, where it is whole.</param>
    EntryState Check(long position, ReadOnlySpan<byte> eventLine, ReadOnlySpan<byte> chainLine, out string hash);
}

/// <summary>The state of an entry that was found.</summary>
public enum EntryState
{
    /// <summary>Its lines agree with each other and with its position.</summary>
    Whole,

    /// <summary>A line is not what anybody wrote: a crash left it.</summary>
    Torn,

    /// <summary>Its lines are well-formed and contradict each other or their position: somebody wrote them.</summary>
    Contradictory,
}
