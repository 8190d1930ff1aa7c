using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;
using Granary.Vault.Backpack;

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

    public AppendCommand() : base("append", "Appends a signed event; when it returns, the event is durable.")
    {
        _type = RequiredText("--type", "OBSERVATION, ASSERTION, ATTESTATION, RETRACTION, or a type of your own like com.example.order_placed");
        _data = RequiredText("--data", "A JSON object, @file, or @- for standard input");
        _keyFile = With(KeyFiles.Option());
        _keyId = Text("--key-id", "Which key of the file signs; the first one without it");
        _actor = TextOr("--actor", "Whose chain the event joins", "provara_user");
        _confidence = With(new Option<double>("--confidence") { Description = "How sure, from 0 to 1", HelpName = "NUMBER", DefaultValueFactory = _ => 1.0 });
        _namespace = Text("--namespace", "canonical, local, contested or archived; the type's own without it");
        _raw = Switch("--raw", "Take the data as the whole payload, instead of as its value");
    }

    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        var (type, payload) = await ReadAsync(run, run.Get(_raw), cancellation);
        var prepared = PreparedBackpackEvent.Create(type, JsonText.Bytes(payload), run.Get(_actor)!, run.Get(_namespace));
        await using var writer = await BackpackWriter.OpenAsync(place, run.Get(_keyFile), run.Get(_keyId), run, cancellation);
        using var keys = await DataKeys.FindAsync(place, writer.Vault.Log, run.Host, cancellation);
        if (keys is not null)
            prepared = await Shredding.EncryptAsync(prepared, keys.Store, cancellation);
        var built = await writer.AppendAsync(prepared, cancellation);
        var root = await writer.MerkleRootAsync(cancellation);
        var count = writer.Vault.Log.Head.Count;
        return new Outcome(
            new JsonObject { ["event_id"] = built.EventId, ["type"] = type, ["timestamp_utc"] = built.Timestamp, ["event_count"] = count, ["encrypted"] = keys is not null, ["merkle_root"] = root },
            screen =>
            {
                screen.Line($"Appended event {built.EventId} (type={type})");
                screen.Line($"event_count: {count}");
                screen.Line($"merkle_root: {root}");
            });
    }

    protected override async Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation)
    {
        if (run.Has(_keyFile) || run.Has(_keyId))
            throw new UsageException("A gateway signs with the vault's own key: leave --keyfile and --key-id out.");
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

    private async Task<(string Type, JsonNode Payload)> ReadAsync(Run run, bool raw, CancellationToken cancellation)
    {
        var given = run.Get(_type)!;
        // The reference's spelling of core types is free; a type of one's own has one spelling.
        var type = given.Contains('.', StringComparison.Ordinal) ? given : given.ToUpperInvariant();
        if (JsonText.Read(await JsonArgument.ReadAsync(run.Get(_data)!, cancellation)) is not JsonObject data)
            throw new CliFailure("The data cannot be appended", "it is JSON, and not an object", "put it into one, for example {\"value\": ...}", "provara append --help");
        if (raw)
            return (type, data);
        return (type, new JsonObject
        {
            ["subject"] = Said(data["subject"]) ?? "provara_cli",
            ["predicate"] = Said(data["predicate"]) ?? given,
            ["value"] = data,
            ["confidence"] = JsonNode.Parse(Float(run.Get(_confidence))),
        });
    }

    private static JsonNode? Said(JsonNode? value) => value is null || (value is JsonValue text && text.TryGetValue(out string? plain) && plain.Length == 0) ? null : value.DeepClone();

    // Python's floats have a point or an exponent; that is part of what is signed.
    private static string Float(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E', 'N') || text.Contains('∞', StringComparison.Ordinal) ? text : text + ".0";
    }
}
