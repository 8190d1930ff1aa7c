using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;
using Granary.Vault.Storage;

namespace Granary.Cli.Commands;

/// <summary><c>status</c>: what a vault holds, without checking it.</summary>
internal sealed class StatusCommand()
    : ReachableCommand("status", "Says what a vault holds: format, events, actors, types, ends of the chains. It verifies nothing.")
{
    private const int ShownActors = 20;

    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        if (!place.IsPsmc)
            place.Expect(psmc: false);
        using var reader = place.Read();
        var types = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var heads = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var sealedBy = (string?)null;
        await run.Tracker.RunAsync("Reading", reader.Count(LogStream.Events), async progress =>
        {
            await foreach (var line in EventLines.ReadAsync(reader, progress, cancellation))
            {
                if (line.Parse() is not { } one)
                    continue;
                var type = $"{one["type"] ?? one["event_type"]}";
                types[type] = types.GetValueOrDefault(type) + 1;
                if (one["actor"] is { } actor)
                    heads[actor.ToString()] = $"{one["event_id"]}";
                if (type == "com.provara.vault.seal")
                    sealedBy = $"{one["event_id"]}";
            }
            return true;
        });
        var json = new JsonObject
        {
            ["vault_path"] = place.Folder,
            ["format"] = place.IsPsmc ? "psmc" : "backpack",
            ["event_count"] = reader.Count(LogStream.Events),
            ["actor_count"] = heads.Count,
            ["actors"] = new JsonArray([.. heads.Keys.Select(actor => (JsonNode)actor)]),
            ["event_types"] = new JsonObject(types.Select(type => KeyValuePair.Create(type.Key, (JsonNode?)type.Value))),
            ["chain_heads"] = new JsonObject(heads.Select(head => KeyValuePair.Create(head.Key, (JsonNode?)head.Value))),
            ["sealed_by"] = sealedBy,
        };
        return Show(json);
    }

    protected override async Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation) =>
        Show(await remote.CallAsync("get_vault_status", null, cancellation));

    private static Outcome Show(JsonObject json) => new(json, screen =>
    {
        screen.Fields(
            ("Vault", json["vault_path"] ?? json["vault"]), ("Format", json["format"]), ("Events", json["event_count"]),
            ("Actors", json["actor_count"]), ("Sealed by", json["sealed_by"]));
        if (json["event_types"] is JsonObject { Count: > 0 } types)
            screen.Table(["type", "events"], [.. types.Select(type => (IReadOnlyList<string>)[type.Key, $"{type.Value}"])]);
        if (json["chain_heads"] is JsonObject { Count: > 0 } heads)
            screen.Table(["actor", "last event"], [.. heads.Take(ShownActors).Select(head => (IReadOnlyList<string>)[head.Key, $"{head.Value}"])]);
        if (json["chain_heads"] is JsonObject { Count: > ShownActors } all)
            screen.Line($"and {all.Count - ShownActors} more actors; see them with --json.");
    });
}
