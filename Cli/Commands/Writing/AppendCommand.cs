using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Commands.Evidence;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Timestamps;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>append</c>: an event, signed. Around the data goes the payload that the reference puts around it, unless <c>--raw</c> says not to.</summary>
internal sealed class AppendCommand : ReachableCommand
{
    private readonly Option<string> _type;
    private readonly Option<string> _data;
    private readonly Option<string?> _keyFile;
    private readonly Option<string?> _keyId;
    private readonly Option<string> _actor;
    private readonly Option<double> _confidence;
    private readonly Option<string?> _namespace;
    private readonly Option<bool> _raw;
    private readonly Option<bool> _timestamp;
    private readonly Option<string?> _tsa;

    public AppendCommand() : base("append", "Appends a signed event; when it returns, the event is durable.")
    {
        _type = RequiredText("--type", "OBSERVATION, ASSERTION, ATTESTATION, RETRACTION, or a type of your own like com.example.order_placed");
        _data = RequiredText("--data", "A JSON object, @file, or @- for standard input");
        _keyFile = With(KeyFiles.Option());
        _keyId = Text("--key-id", "Which key of the file signs; the first one without it");
        _actor = TextOr("--actor", "Whose chain the event joins", "provara_user");
        _confidence = With(NumberOption.Or("--confidence", "How sure, from 0 to 1", 1.0, "NUMBER"));
        _namespace = Text("--namespace", "canonical, local, contested or archived; the type's own without it");
        _raw = Switch("--raw", "Take the data as the whole payload, instead of as its value");
        _timestamp = Switch("--timestamp", "Have the event timestamped by the RFC 3161 authority of --tsa-url, the token kept in timestamps/");
        _tsa = With(new Option<string?>("--tsa-url") { Description = "The authority; nobody is asked without it", HelpName = "URL" });
        Validators.Add(given =>
        {
            if (Has(given, _tsa) && !Has(given, _timestamp))
                given.AddError("--tsa-url goes with --timestamp.");
        });
    }

    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        // Whatever is wrong with it is said before anything is written.
        using var authority = run.Get(_timestamp) ? Authority.Open(run, run.Get(_tsa), "--tsa-url") : null;
        var (type, payload) = await ReadAsync(run, run.Get(_raw), cancellation);
        var prepared = PreparedBackpackEvent.Create(type, ConsoleJson.Bytes(payload), run.Get(_actor)!, run.Get(_namespace));
        await using var writer = await FolderBackpackWriter.OpenAsync(place, run.Get(_keyFile), run.Get(_keyId), run, cancellation);
        using var keys = await DataKeys.FindAsync(place, writer.Vault.Log, run.Host, cancellation);
        if (keys is not null)
            prepared = await Shredding.EncryptAsync(prepared, keys.Store, cancellation);
        var built = await writer.AppendAsync(prepared, cancellation);
        var token = authority is null ? null : await StampAsync(writer, built.EventId, authority, cancellation);
        var root = await writer.MerkleRootAsync(cancellation);
        var count = writer.Vault.Log.Head.Count;
        return new Outcome(
            new JsonObject
            {
                ["event_id"] = built.EventId,
                ["type"] = type,
                ["timestamp_utc"] = built.Timestamp,
                ["event_count"] = count,
                ["encrypted"] = keys is not null,
                ["merkle_root"] = root,
                ["timestamp_token"] = token,
            },
            screen =>
            {
                screen.Line($"Appended event {built.EventId} (type={type})");
                screen.Line($"event_count: {count}");
                screen.Line($"merkle_root: {root}");
                if (token is not null)
                    screen.Line($"timestamp: {token}");
            });
    }

    protected override async Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation)
    {
        if (run.Has(_keyFile) || run.Has(_keyId))
            throw new UsageException("A gateway signs with the vault's own key: leave --keyfile and --key-id out.");
        if (run.Get(_timestamp))
            throw new UsageException("A gateway asks no timestamp authority: leave --timestamp out, and see provara timestamp-event for a copy of the vault.");
        var status = await remote.CallAsync("get_vault_status", null, cancellation);
        var isPsmc = status["format"]?.ToString() == "psmc";
        var (type, payload) = await ReadAsync(run, isPsmc || run.Get(_raw), cancellation);
        var arguments = new JsonObject { ["event_type"] = isPsmc ? run.Get(_type) : type, ["data"] = payload };
        if (!isPsmc)
            arguments["actor"] = run.Get(_actor);
        if (run.Get(_namespace) is { } space)
            arguments["namespace"] = space;
        var answer = await remote.CallAsync("append_event", arguments, cancellation);
        return new Outcome(answer, screen => screen.Line($"Appended event {answer["event_id"]} (type={arguments["event_type"]})"));
    }

    private static async Task<string> StampAsync(FolderBackpackWriter writer, string eventId, Authority authority, CancellationToken cancellation)
    {
        try
        {
            var token = await EventTimestamps.RequestAsync(writer.Vault.Log, eventId, authority.Ask, cancellation);
            await writer.AddAsync(token.Name, token.Content, cancellation);
            return token.Name;
        }
        catch (EvidenceException failure)
        {
            throw new CliFailure(
                $"Event {eventId} was appended and has no timestamp", failure.Message,
                $"do not append it again; ask once more with provara timestamp-event PATH {eventId} --tsa-url URL",
                "provara timestamp-event --help", failure);
        }
    }

    private async Task<(string Type, JsonNode Payload)> ReadAsync(Run run, bool raw, CancellationToken cancellation)
    {
        var given = run.Get(_type)!;
        // The reference's spelling of core types is free; a type of one's own has one spelling.
        var type = given.Contains('.', StringComparison.Ordinal) ? given : given.ToUpperInvariant();
        if (ConsoleJson.Read(await JsonArgument.ReadAsync(run.Get(_data)!, cancellation)) is not JsonObject data)
            throw new CliFailure(
                "The data cannot be appended", "it is JSON, and not an object", "put it into one, for example {\"value\": ...}", "provara append --help");
        if (raw)
            return (type, data);
        return (type, new JsonObject
        {
            ["subject"] = Said(data["subject"]) ?? "provara_cli",
            ["predicate"] = Said(data["predicate"]) ?? given,
            ["value"] = data,
            ["confidence"] = PythonFloatText.ToJson(run.Get(_confidence)),
        });
    }

    private static JsonNode? Said(JsonNode? value) =>
        value is null || (value is JsonValue text && text.TryGetValue(out string? plain) && plain.Length == 0) ? null : value.DeepClone();
}
