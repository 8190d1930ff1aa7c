using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Events;

/// <summary>The position of an event and what its line says.</summary>
internal sealed record FoundEvent(long Position, ReadOnlyMemory<byte> Line);

/// <summary>Finds events in a log by what they mention: one pass, in which few lines are parsed.</summary>
internal static class EventFinder
{
    private const int PageLines = 1024;
    private const int PageBytes = 4 * 1024 * 1024;

    public delegate bool Condition(in BackpackEvent written);

    /// <summary>The event of this id.</summary>
    /// <exception cref="BackpackInputException">There is none; <paramref name="field"/> is to blame.</exception>
    public static async Task<FoundEvent> RequireAsync(IVaultReader reader, string id, string field, CancellationToken cancellation)
    {
        var wanted = Encoding.UTF8.GetBytes(id);
        await foreach (var found in FindAsync(reader, id, (in written) => written.HasId(wanted), cancellation))
            return found;
        throw new BackpackInputException($"{field}: the vault has no event {id}.");
    }

    /// <summary>The events whose lines contain <paramref name="mention"/> and meet the condition, in file order.</summary>
    public static async IAsyncEnumerable<FoundEvent> FindAsync(
        IVaultReader reader, string mention, Condition condition, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var needle = Encoding.UTF8.GetBytes(mention);
        for (long position = 0; position < reader.Count(LogStream.Events);)
        {
            var page = await reader.ReadAsync(LogStream.Events, position, PageLines, PageBytes, cancellation);
            if (page.Lines.Count == 0)
                yield break;
            foreach (var line in page.Lines)
            {
                if (line.Span.IndexOf(needle) >= 0 && Meets(line.Span, condition))
                    yield return new FoundEvent(position, line);
                position++;
            }
        }
    }

    private static bool Meets(ReadOnlySpan<byte> line, Condition condition)
    {
        using var scratch = new PooledBuffer(line.Length + 16);
        return BackpackEvent.TryRead(line, scratch, out var written) && condition(written);
    }
}
