using System.Globalization;
using Granary.Tenants.Vaults.Search;
using Granary.Tenants.Vaults.Views;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.Reading;

/// <summary>
/// <c>search_events</c> with a <c>query</c>: what <see cref="SearchQuery"/> says, the conditions of <see cref="VaultEventFilter"/> on type, actor, namespace
/// and time, <c>limit</c> (50) and <c>cursor</c> to <c>{events, count, total, total_relation, hits: [{event_id, position, score, snippet}], limit,
/// next_cursor}</c>, the best first. Without one it is <see cref="ListEvents"/>, as older clients know it.
/// </summary>
internal sealed class SearchEvents() : VaultOperation("search_events")
{
    /// <summary>How many events are asked for at once: where the log is elsewhere, each takes a round trip.</summary>
    private const int AtOnce = 16;

    private static readonly string[] Parts = ["subject", "predicate", "value"];

    private readonly ListEvents _list = new("search_events");

    public override Task<VaultResult> RunAsync(VaultOperationContext context) =>
        context.Arguments.Text("query") is { } query ? SearchAsync(context, SearchQuery.Parse(query)) : _list.RunAsync(context);

    private static async Task<VaultResult> SearchAsync(VaultOperationContext context, SearchQuery query)
    {
        var arguments = context.Arguments;
        if (arguments.Number("offset", 0, 0, int.MaxValue) > 0)
            throw OperationArguments.Wrong("With query, go on with cursor = next_cursor instead of offset.");
        if (Array.Find(Parts, part => arguments.Find(part) is not null) is { } other)
            throw OperationArguments.Wrong($"query and {other} are two ways to search: put the words of {other} into query, or leave query out.");
        var limit = arguments.Number("limit", 50, 1, 1000);
        var (end, offset) = Cursor(arguments.Text("cursor"));
        var (matches, known) = await context.Vault.Search.FindAsync(query, VaultEventFilter.ForSearch(arguments), end, context.Progress, context.Cancellation);
        var hits = await ReadAsync(context.Log, matches.Skip(offset).Take(limit), query, context.Cancellation);
        var next = offset + hits.Taken;
        return Results.Object(json =>
        {
            json.WriteLines("events", hits.Found.Select(hit => hit.Line));
            json.WriteNumber("count", hits.Found.Count);
            json.WriteNumber("total", matches.Count);
            json.WriteString("total_relation", matches.Count < SearchIndex.MostRanked ? "eq" : "gte");
            json.WriteStartArray("hits");
            foreach (var hit in hits.Found)
            {
                json.WriteStartObject();
                json.WriteText("event_id", hit.Id);
                json.WriteNumber("position", hit.Match.Position);
                json.WriteNumber("score", Math.Round(hit.Match.Score, 6));
                json.WriteString("snippet", hit.Snippet);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("limit", limit);
            json.WriteText("next_cursor", next < matches.Count ? string.Create(CultureInfo.InvariantCulture, $"{known}.{next}") : null);
        });
    }

    private static async Task<(IReadOnlyList<Hit> Found, int Taken)> ReadAsync(
        IVaultReader log, IEnumerable<SearchMatch> matches, SearchQuery query, CancellationToken cancellation)
    {
        var (found, taken, bytes) = (new List<Hit>(), 0, 0L);
        using var scratch = new PooledBuffer(4096);
        foreach (var some in matches.Chunk(AtOnce))
        {
            var pages = await Task.WhenAll(some.Select(match => log.ReadAsync(LogStream.Events, match.Position, 1, 1, cancellation)));
            foreach (var (match, page) in some.Zip(pages))
            {
                if (page.Lines.Count > 0 && Read(page.Lines[0], match, query, scratch) is { } hit)
                {
                    bytes += hit.Line.Length + 1;
                    if (bytes > Results.MaxEventBytes && found.Count > 0)
                        return (found, taken);
                    found.Add(hit);
                }
                taken++;
            }
        }
        return (found, taken);
    }

    /// <summary>What the log says now; null where the payload has been taken away since the index was looked at.</summary>
    private static Hit? Read(ReadOnlyMemory<byte> line, SearchMatch match, SearchQuery query, PooledBuffer scratch) =>
        EventFields.TryRead(line.Span, scratch, out var fields) && EventText.Of(fields) is { Length: > 0 } text
            ? new Hit(match, line, EventFields.Text(fields.Id), Snippet.Of(text, query.Wanted))
            : null;

    /// <summary>Among how many events, and from which match on.</summary>
    private static (long? End, int Offset) Cursor(string? cursor)
    {
        if (cursor is null)
            return (null, 0);
        var parts = cursor.Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                ? (end, offset)
                : throw OperationArguments.Wrong("cursor is not one of this search: pass on next_cursor as it came, or leave it out.");
    }

    private sealed record Hit(SearchMatch Match, ReadOnlyMemory<byte> Line, string? Id, string Snippet);
}
