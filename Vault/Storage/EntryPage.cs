namespace Granary.Vault.Storage;

/// <summary>Consecutive entries of a log: their events' lines and, where the format keeps a chain, the chain's.</summary>
/// <param name="Position">The first entry's position.</param>
/// <param name="Events">The events' lines.</param>
/// <param name="Chain">As many lines of the chain, or none.</param>
internal sealed record EntryPage(long Position, IReadOnlyList<ReadOnlyMemory<byte>> Events, IReadOnlyList<ReadOnlyMemory<byte>> Chain)
{
    private const int PageLines = 512;
    private const int PageBytes = 1024 * 1024;

    public int Count => Events.Count;

    public ReadOnlySpan<byte> EventAt(int index) => Events[index].Span;

    public ReadOnlySpan<byte> ChainAt(int index) => Chain.Count == 0 ? default : Chain[index].Span;

    /// <summary>Reads some entries; an empty page where the log ends, in either stream.</summary>
    public static async Task<EntryPage> ReadAsync(IVaultReader reader, long from, long to, CancellationToken cancellation)
    {
        var events = await reader.ReadAsync(LogStream.Events, from, (int)Math.Min(PageLines, to - from), PageBytes, cancellation);
        if (reader.Count(LogStream.Chain) == 0)
            return new EntryPage(from, events.Lines, []);
        var chain = await reader.ReadAsync(LogStream.Chain, from, events.Lines.Count, int.MaxValue, cancellation);
        var common = Math.Min(events.Lines.Count, chain.Lines.Count);
        return new EntryPage(from, [.. events.Lines.Take(common)], [.. chain.Lines.Take(common)]);
    }
}
