using Granary.Vault.Backpack.Events;

namespace Granary.Vault.Evidence.Scitt;

/// <summary>An event of a statement's author, on the way to it.</summary>
internal sealed record ChainStep(string Id, string? PreviousId, string? Type, string? Timestamp);

/// <summary>A statement of the log, with what belongs to it.</summary>
internal sealed class ScittStatement(long position, byte[] line, string entryHash, IReadOnlyList<ChainStep> segment)
{
    public long Position { get; } = position;

    public byte[] Line { get; } = line;

    public string EntryHash { get; } = entryHash;

    /// <summary>Its author's events before it and itself, as many as are kept.</summary>
    public IReadOnlyList<ChainStep> Segment { get; } = segment;

    /// <summary>The receipt's line, where the log has one.</summary>
    public byte[]? Receipt { get; set; }

    public string Id => Segment[^1].Id;

    public BackpackEvent Event => new(Line);

    /// <summary>Whether each step links to the one before it.</summary>
    public bool IsLinked => Segment.Zip(Segment.Skip(1)).All(pair => pair.Second.PreviousId == pair.First.Id);
}
