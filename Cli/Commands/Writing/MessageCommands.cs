using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Messages;
using Granary.Cli.Output;
using Granary.Cli.Vaults;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Keys;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>message-key</c>: the reference has none, and takes signing keys for encryption keys, which cannot be opened again.</summary>
internal sealed class MessageKeyCommand : CliCommand
{
    private readonly Option<string> _out;

    public MessageKeyCommand() : base("message-key", "Makes an X25519 key for encrypted messages and prints its public half.") =>
        _out = RequiredText("--out", "The file for the private half; it must not exist");

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var key = AgreementKey.Generate();
        await EncryptionKeys.WriteAsync(key, run.Get(_out)!, cancellation);
        var text = Convert.ToBase64String(key.PublicKey.Span);
        return new Outcome(
            new JsonObject { ["public_key_b64"] = text, ["out"] = run.Get(_out) },
            screen => screen.Fields(("Public key", text), ("Private key", run.Get(_out))));
    }
}

/// <summary><c>send-message</c>.</summary>
internal sealed class SendMessageCommand : WritingCommand
{
    private readonly Option<string> _recipientKey;
    private readonly Option<string?> _recipient;
    private readonly Option<string?> _sender;
    private readonly Option<string> _message;
    private readonly Option<string> _subject;

    public SendMessageCommand() : base("send-message", "Appends a message that only its recipient can read.")
    {
        _recipientKey = RequiredText("--recipient-pubkey", "The recipient's X25519 public key in Base64, from provara message-key");
        _recipient = Text("--recipient-id", "The recipient's key id, to say whom it is for");
        _sender = Text("--sender-encryption-private-key", "Your X25519 private key, a file or Base64; a fresh one for this message without it");
        _message = RequiredText("--message", "A JSON object, @file, or @- for standard input");
        _subject = TextOr("--subject", "Readable by everybody", "encrypted_message");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        if (ConsoleJson.Read(await JsonArgument.ReadAsync(run.Get(_message)!, cancellation)) is not JsonObject message)
            throw new CliFailure(
                "The message cannot be sent", "it is JSON, and not an object", "put it into one, for example {\"text\": ...}", "provara send-message --help");
        using var sender = run.Get(_sender) is { } given ? EncryptionKeys.ReadPrivate(given) : AgreementKey.Generate();
        var payload = SealedMessage.Seal(message, sender, EncryptionKeys.ReadPublic(run.Get(_recipientKey)!));
        payload["subject"] = run.Get(_subject);
        payload["predicate"] = "message";
        payload["extension"] = SealedMessage.Extension;
        if (run.Get(_recipient) is { } id)
            payload["recipient_key_id"] = id;
        var prepared = PreparedBackpackEvent.Create(EventTypes.Observation, ConsoleJson.Bytes(payload), "p2p_messenger");
        return await AppendAsync(run, prepared, "Message sent", cancellation);
    }
}

/// <summary><c>read-messages</c>.</summary>
internal sealed class ReadMessagesCommand : VaultCommand
{
    private readonly Option<string> _key;

    public ReadMessagesCommand() : base("read-messages", "Decrypts the messages that are for you.")
    {
        _key = RequiredText("--my-encryption-private-key", "Your X25519 private key: the file that provara message-key wrote, or Base64");
        With(new Option<string?>("--keyfile") { Description = "Accepted for compatibility; signing keys open no messages", HelpName = "FILE" });
        Text("--key-id", "Accepted for compatibility");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var key = EncryptionKeys.ReadPrivate(run.Get(_key)!);
        using var reader = Place(run).Expect(psmc: false).Read();
        var messages = new JsonArray();
        await foreach (var line in EventLines.ReadAsync(reader, null, cancellation))
        {
            if (line.Text.Span.IndexOf("provara.messaging.encrypted_v1"u8) < 0 || line.Parse() is not { } one || one["payload"] is not JsonObject payload)
                continue;
            if (SealedMessage.Open(payload, key) is { } body)
                messages.Add(new JsonObject
                {
                    ["event_id"] = $"{one["event_id"]}",
                    ["from_actor"] = $"{one["actor"]}",
                    ["from_key_id"] = $"{one["actor_key_id"]}",
                    ["timestamp"] = $"{one["timestamp_utc"]}",
                    ["subject"] = $"{payload["subject"]}",
                    ["body"] = body,
                });
        }
        return new Outcome(new JsonObject { ["messages"] = messages }, screen =>
        {
            if (messages.Count == 0)
                screen.Line("No messages for this key.");
            foreach (var message in messages)
            {
                screen.Fields(
                    ("From", $"{message!["from_actor"]} ({message["from_key_id"]})"), ("Date", message["timestamp"]), ("Subject", message["subject"]));
                screen.Json(message["body"]);
                screen.Line();
            }
        });
    }
}
