using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Cli.Commands;

/// <summary><c>query</c>: finds events. It reads the log in one pass and keeps no index, so nothing can be stale and nothing is written.</summary>
internal sealed class QueryCommand : ReachableCommand
{
    private const int DefaultLimit = 20;

    private readonly Option<string?> _actor;
    private readonly Option<string?> _type;
    private readonly Option<string?> _after;
    private readonly Option<string?> _before;
    private readonly Option<string?> _key;
    private readonly Option<string?> _value;
    private readonly Option<int?> _limit;
    private readonly Option<string> _format;
    private readonly Option<bool> _decrypt;

    public QueryCommand() : base("query", "Finds events by actor, type, time and content; all that is given must hold. Without any of these it prints the last 20.")
    {
        _actor = Text("--actor", "Only events of this actor");
        _type = Text("--type", "Only events of this type");
        _after = Text("--after", "Not before this time, inclusive, for example 2026-01-05T09:00:00+00:00");
        _before = Text("--before", "Not after this time, inclusive");
        _key = Text("--content-key", "Only events whose payload has this member");
        _value = Text("--content-value", "... with this value, as text");
        _limit = With(NumberOption.Optional<int>("--limit", "At most so many, the last ones; 20 where nothing else is asked for", "N", atLeast: 1));
        _decrypt = Switch("--decrypt", "Show encrypted payloads in clear, where their keys still are; needs PROVARA_KEK or PROVARA_KEK_FILE");
        Switch("--rebuild-index", "Accepted for compatibility; there is no index");
        _format = OneOf("--format", "How to print them", "json", "json", "table");
    }

    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        using var reader = place.Read();
        var filter = Filter(run);
        var (count, limit, unreadable) = (reader.Count(LogStream.Events), Limit(run, filter), 0L);
        using var keys = run.Get(_decrypt) ? await DataKeys.FindAsync(place, reader, run.Host, cancellation) : null;
        var found = await run.Tracker.RunAsync("Searching", count, async progress =>
        {
            var rows = new Queue<JsonNode?>();
            await foreach (var line in EventLines.ReadAsync(reader, progress, cancellation))
            {
                if (filter.IsEmpty && line.Position < count - limit)
                    continue;
                if (line.Parse() is not { } one)
                {
                    unreadable++;
                    continue;
                }
                if (!filter.Takes(one))
                    continue;
                one["content_hash"] = Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Canonicalize(line.Text.Span, CanonicalJson.GreatestMaxDepth)));
                one["line_offset"] = line.Offset;
                if (keys is not null)
                    await keys.DecryptAsync(one, cancellation);
                rows.Enqueue(one);
                if (rows.Count > limit)
                    rows.Dequeue();
            }
            return rows;
        });
        if (unreadable > 0)
            run.Warn($"{unreadable} line(s) are no events and were left out; provara verify {place.Folder} says what is wrong with them.");
        Explain(run, filter, limit, count);
        return Show(new JsonArray([.. found]), run);
    }

    protected override async Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation)
    {
        if (run.Get(_decrypt))
            throw new UsageException("--decrypt works on a folder.");
        var filter = Filter(run);
        var arguments = new JsonObject();
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
            [("actor", filter.Actor), ("event_type", filter.Type), ("after", filter.After), ("before", filter.Before)])
        {
            if (value is not null)
                arguments[name] = value;
        }
        var found = new List<JsonNode?>();
        var (count, limit) = (0L, Limit(run, filter));
        if (filter.IsEmpty)
            count = (await remote.CallAsync("get_vault_status", null, cancellation))["event_count"]?.GetValue<long>() ?? 0;
        for (long? offset = Math.Max(0, count - limit); offset is not null;)
        {
            arguments["offset"] = offset;
            var page = await remote.CallAsync("query_events", (JsonObject)arguments.DeepClone(), cancellation);
            found.AddRange((page["events"] as JsonArray ?? []).OfType<JsonObject>().Where(filter.Takes).Select(one => one.DeepClone()));
            offset = page["next_offset"]?.GetValue<long>();
        }
        Explain(run, filter, limit, count);
        return Show(new JsonArray([.. found.TakeLast(limit)]), run);
    }

    private FolderEventFilter Filter(Run run) =>
        new(run.Get(_actor), run.Get(_type), run.Get(_after), run.Get(_before), run.Get(_key), run.Get(_value));

    private int Limit(Run run, FolderEventFilter filter) => run.Get(_limit) ?? (filter.IsEmpty ? DefaultLimit : int.MaxValue);

    // Not a word where all of the log was printed, or where somebody said how much.
    private void Explain(Run run, FolderEventFilter filter, int limit, long count)
    {
        if (filter.IsEmpty && !run.Has(_limit) && count > limit)
            run.Note($"These are the last {limit} of {count} events; --limit N prints more, and --actor, --type, --after, --before or --content-key find some.");
    }

    private Outcome Show(JsonArray rows, Run run) => new(rows, screen =>
    {
        if (run.Get(_format) == "json")
            screen.Json(rows);
        else if (rows.Count == 0)
            screen.Line("(no rows)");
        else
            screen.Table(["event_id", "type", "actor", "timestamp_utc"], [.. rows.Select(row => Row(row!))]);
    });

    private static IReadOnlyList<string> Row(JsonNode row) =>
        [$"{row["event_id"] ?? row["id"]}", $"{row["type"]}", $"{row["actor"]}", $"{row["timestamp_utc"] ?? row["timestamp"]}"];
}
