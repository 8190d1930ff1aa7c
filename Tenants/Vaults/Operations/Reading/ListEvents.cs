using Granary.Tenants.Vaults.Views;
using Granary.Vault.Canonical;

namespace Granary.Tenants.Vaults.Operations.Reading;

/// <summary>
/// <c>list_events</c>, <c>query_events</c> and <c>search_events</c>: the conditions of <see cref="VaultEventFilter"/>, <c>limit</c>, <c>offset</c> (0) to
/// <c>{events, count, total, limit, offset, next_offset}</c>, oldest first. <c>next_offset</c> is null at the end; a page ends early at 4 MiB.
/// </summary>
/// <param name="name">Which of them.</param>
/// <param name="usual">The limit where none is given.</param>
/// <param name="max">The greatest limit.</param>
internal sealed class ListEvents(string name, int usual = 50, int max = 1000) : VaultOperation(name)
{
    /// <summary>What <c>query_events</c> returns at most, and unless it is told otherwise: the reference has no limit.</summary>
    public const int MaxQueried = 10_000;

    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var limit = context.Arguments.Number("limit", usual, 1, max);
        var offset = context.Arguments.Number("offset", 0, 0, int.MaxValue);
        var filter = new VaultEventFilter(context.Arguments);
        var page = new Page(offset, limit);
        var total = filter.TakesAll ? await TakeAllAsync(context, page) : await FilterAsync(context, filter, page);
        var next = offset + page.Lines.Count;
        return Results.Object(json =>
        {
            json.WriteLines("events", page.Lines);
            json.WriteNumber("count", page.Lines.Count);
            json.WriteNumber("total", total);
            json.WriteNumber("limit", limit);
            json.WriteNumber("offset", offset);
            if (next < total && page.Lines.Count > 0)
                json.WriteNumber("next_offset", next);
            else
                json.WriteNull("next_offset");
        });
    }

    private static async Task<long> TakeAllAsync(VaultOperationContext context, Page page)
    {
        var total = context.Log.Head.Count;
        using var scratch = new PooledBuffer(4096);
        await foreach (var read in EventScan.PagesAsync(context.Log, page.Offset, Math.Min(total, (long)page.Offset + page.Limit), null, context.Cancellation))
        {
            for (var i = 0; i < read.Lines.Count; i++)
                page.Add(read.Position + i, Readable(read.Lines[i], scratch));
        }
        return total;
    }

    private static async Task<long> FilterAsync(VaultOperationContext context, VaultEventFilter filter, Page page)
    {
        long total = 0;
        using var scratch = new PooledBuffer(4096);
        await foreach (var read in EventScan.PagesAsync(context.Log, 0, context.Log.Head.Count, context.Progress, context.Cancellation))
        {
            foreach (var line in read.Lines)
            {
                if (EventFields.TryRead(line.Span, scratch, out var view) && filter.Takes(view))
                    page.Add(total++, line);
            }
        }
        return total;
    }

    /// <summary>A line that is no JSON object stands in the list as null, so that positions stay what they are.</summary>
    private static ReadOnlyMemory<byte> Readable(ReadOnlyMemory<byte> line, PooledBuffer scratch) =>
        EventFields.TryRead(line.Span, scratch, out _) ? line : "null"u8.ToArray();

    private sealed class Page(int offset, int limit)
    {
        private long _bytes;
        private bool _full;

        public int Offset => offset;

        public int Limit => limit;

        public List<ReadOnlyMemory<byte>> Lines { get; } = [];

        public void Add(long index, ReadOnlyMemory<byte> line)
        {
            if (index < offset || Lines.Count == limit || _full)
                return;
            _bytes += line.Length + 1;
            _full = _bytes > Results.MaxEventBytes && Lines.Count > 0;
            // A copy: a page's buffer must not live on for the sake of one event in it.
            if (!_full)
                Lines.Add(line.ToArray());
        }
    }
}
