using System.CommandLine;
using System.Text.Json;
using System.Text;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Vault.Canonical;
using Granary.Vault.Evidence.Scitt;

namespace Granary.Cli.Commands.Evidence;

/// <summary><c>scitt statement</c>.</summary>
internal sealed class ScittStatementCommand : WritingCommand
{
    private readonly Option<string> _hash;
    private readonly Option<string> _contentType;
    private readonly Option<string> _subject;
    private readonly Option<string> _issuer;
    private readonly Option<string?> _envelope;
    private readonly Option<string> _actor;

    public ScittStatementCommand() : base("statement", "Records a signed statement.")
    {
        _hash = RequiredText("--statement-hash", "SHA-256 of what is stated, 64 hex digits");
        _contentType = RequiredText("--content-type", "Its media type");
        _subject = RequiredText("--subject", "What it is about");
        _issuer = RequiredText("--issuer", "Who states it");
        _envelope = Text("--cose-envelope-b64", "The COSE envelope in Base64");
        _actor = TextOr("--actor", "Whose chain it joins", ScittEvents.DefaultActor);
    }

    public static Command Group() => new("scitt", "Statements and receipts of transparency services (IETF SCITT).")
    {
        new ScittStatementCommand(), new ScittReceiptCommand(),
    };

    public override Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var prepared = ScittEvents.PrepareStatement(
            run.Get(_hash)!, run.Get(_contentType)!, run.Get(_subject)!, run.Get(_issuer)!, run.Get(_envelope), run.Get(_actor)!);
        return AppendAsync(run, prepared, "Recorded the statement", cancellation);
    }
}

/// <summary><c>scitt receipt</c>.</summary>
internal sealed class ScittReceiptCommand : WritingCommand
{
    private readonly Option<string> _statement;
    private readonly Option<string> _service;
    private readonly Option<string> _proof;
    private readonly Option<string?> _receipt;
    private readonly Option<string> _actor;

    public ScittReceiptCommand() : base("receipt", "Records a transparency service's receipt for a statement.")
    {
        _statement = RequiredText("--statement-event-id", "The statement's event");
        _service = RequiredText("--transparency-service", "The service that gave it");
        _proof = RequiredText("--inclusion-proof", "The service's proof: JSON, or else kept as text");
        _receipt = Text("--receipt-b64", "The receipt itself in Base64");
        _actor = TextOr("--actor", "Whose chain it joins", ScittEvents.DefaultActor);
    }

    public override Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var prepared = ScittEvents.PrepareReceipt(run.Get(_statement)!, run.Get(_service)!, Proof(run.Get(_proof)!), run.Get(_receipt), run.Get(_actor)!);
        return AppendAsync(run, prepared, "Recorded the receipt", cancellation);
    }

    private static byte[] Proof(string given)
    {
        try
        {
            return ConsoleJson.Bytes(ConsoleJson.Read(Encoding.UTF8.GetBytes(given)));
        }
        catch (CanonicalJsonException) when (given.AsSpan().TrimStart() is not ['{' or '[', ..])
        {
            return JsonSerializer.SerializeToUtf8Bytes(given);
        }
    }
}
