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
    private readonly Option<string?> _actor;
    private readonly Option<string?> _type;
    private readonly Option<string?> _after;
    private readonly Option<string?> _before;
    private readonly Option<string?> _key;
    private readonly Option<string?> _value;
    private readonly Option<int?> _limit;
    private readonly Option<string> _format;
    private readonly Option<bool> _decrypt;

    public QueryCommand() : base("query", "Finds events by actor, type, time and content; all that is given must hold.")
    {
        _actor = Text("--actor", "Only events of this actor");
        _type = Text("--type", "Only events of this type");
        _after = Text("--after", "Not before this time, inclusive, for example 2026-01-05T09:00:00+00:00");
        _before = Text("--before", "Not after this time, inclusive");
        _key = Text("--content-key", "Only events whose payload has this member");
        _value = Text("--content-value", "... with this value, as text");
        _limit = With(new Option<int?>("--limit") { Description = "At most so many, the last ones", HelpName = "N" });
        _decrypt = Switch("--decrypt", "Show encrypted payloads in clear, where their keys still are; needs PROVARA_KEK or PROVARA_KEK_FILE");
        Switch("--rebuild-index", "Accepted for compatibility; there is no index");
        _format = OneOf("--format", "How to print them", "json", "json", "table");
    }

    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        using var reader = place.Read();
        var filter = Filter(run);
        using var keys = run.Get(_decrypt) ? await DataKeys.FindAsync(place, reader, run.Host, cancellation) : null;
        var found = await run.Tracker.RunAsync("Searching", reader.Count(LogStream.Events), async progress =>
        {
            var rows = new Queue<JsonNode?>();
            await foreach (var line in EventLines.ReadAsync(reader, progress, cancellation))
            {
                if (line.Parse() is not { } one || !filter.Takes(one))
                    continue;
                one["content_hash"] = Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Canonicalize(line.Text.Span, CanonicalJson.GreatestMaxDepth)));
                one["line_offset"] = line.Offset;
                if (keys is not null)
                    await keys.DecryptAsync(one, cancellation);
                rows.Enqueue(one);
                if (run.Get(_limit) is { } limit && rows.Count > limit)
                    rows.Dequeue();
            }
            return rows;
        });
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
        for (long? offset = 0; offset is not null;)
        {
            arguments["offset"] = offset;
            var page = await remote.CallAsync("query_events", (JsonObject)arguments.DeepClone(), cancellation);
            found.AddRange((page["events"] as JsonArray ?? []).OfType<JsonObject>().Where(filter.Takes).Select(one => one.DeepClone()));
            offset = page["next_offset"]?.GetValue<long>();
        }
        return Show(new JsonArray([.. found.TakeLast(run.Get(_limit) ?? int.MaxValue)]), run);
    }

    private EventFilter Filter(Run run)
    {
        var filter = new EventFilter(run.Get(_actor), run.Get(_type), run.Get(_after), run.Get(_before), run.Get(_key), run.Get(_value));
        if (!filter.IsEmpty)
            return filter;
        throw new CliFailure(
            "The query has no condition", "without one it would print the whole log",
            "give --actor, --type, --after, --before or --content-key, or read events/events.ndjson", "provara query --help");
    }

    private Outcome Show(JsonArray rows, Run run) => new(rows, screen =>
    {
        if (run.Get(_format) == "json")
            screen.Json(rows, ascii: true);
        else if (rows.Count == 0)
            screen.Line("(no rows)");
        else
            screen.Table(["event_id", "type", "actor", "timestamp_utc"], [.. rows.Select(row => Row(row!))]);
    });

    private static IReadOnlyList<string> Row(JsonNode row) =>
        [$"{row["event_id"] ?? row["id"]}", $"{row["type"]}", $"{row["actor"]}", $"{row["timestamp_utc"] ?? row["timestamp"]}"];
}
