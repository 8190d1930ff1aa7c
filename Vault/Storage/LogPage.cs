namespace Granary.Vault.Storage;

/// <summary>Consecutive lines of a stream, without their line feeds.</summary>
/// <param name="Position">The first line's position.</param>
/// <param name="Lines">The lines; empty at the end of what is committed.</param>
public sealed record LogPage(long Position, IReadOnlyList<ReadOnlyMemory<byte>> Lines)
{
    /// <summary>The position after the last line.</summary>
    public long Next => Position + Lines.Count;
}
