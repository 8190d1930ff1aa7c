using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Backpack.Events;

namespace Granary.Cli.Commands;

/// <summary>A command that signs something into the Backpack vault at <c>PATH</c>.</summary>
internal abstract class WritingCommand : VaultCommand
{
    private readonly Option<string?> _keyFile;
    private readonly Option<string?> _keyId;

    protected WritingCommand(string name, string description, bool takesMore = false) : base(name, description, takesMore)
    {
        _keyFile = With(KeyFiles.Option());
        _keyId = Text("--key-id", "Which key of the file signs; the first one without it");
    }

    protected Task<FolderBackpackWriter> OpenAsync(Run run, CancellationToken cancellation) =>
        FolderBackpackWriter.OpenAsync(Place(run), run.Get(_keyFile), run.Get(_keyId), run, cancellation);

    /// <summary>Whether there is a key to sign with: one that was named, or one in the vault.</summary>
    protected bool HasKey(Run run) => run.Get(_keyFile) is not null || run.Get(_keyId) is not null || Signer.HasDefault(Place(run));

    /// <summary>Appends one event and says so.</summary>
    protected async Task<Outcome> AppendAsync(Run run, PreparedBackpackEvent prepared, string did, CancellationToken cancellation)
    {
        await using var writer = await OpenAsync(run, cancellation);
        var built = await writer.AppendAsync(prepared, cancellation);
        return Done(built.EventId, did, new JsonObject { ["type"] = prepared.Type, ["actor"] = prepared.Actor, ["timestamp_utc"] = built.Timestamp });
    }

    /// <summary>The outcome of an operation that wrote an event.</summary>
    protected static Outcome Done(string eventId, string did, JsonObject? more = null)
    {
        var json = new JsonObject { ["event_id"] = eventId };
        foreach (var (name, value) in more ?? [])
            json[name] = value?.DeepClone();
        return new Outcome(json, screen => screen.Line($"{did}: {eventId}"));
    }
}
