using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;

namespace Granary.Cli.Commands.Psmc;

/// <summary><c>psmc init</c>.</summary>
internal sealed class PsmcInit() : PsmcCommand("init", "Makes a new vault with a key of its own, kept in keys/active.pem.")
{
    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run).ForWriting();
        using var key = SigningKey.Generate();
        var metadata = await PsmcVault.CreateAsync(place.PsmcStore(), key, run.Time.GetUtcNow(), cancellation);
        var log = Path.Combine(place.Folder, "events", "events.ndjson");
        var json = new JsonObject
        {
            ["vault_path"] = place.Folder,
            ["key_fingerprint"] = metadata.KeyFingerprint,
            ["created"] = metadata.Created,
            ["event_log"] = log,
        };
        return new Outcome(json, screen => screen.Fields(
            ("Vault initialized at", place.Folder), ("Key fingerprint", metadata.KeyFingerprint), ("Event log", log)));
    }
}
