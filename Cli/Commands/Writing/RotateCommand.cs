using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Vault.Backpack;
using Granary.Vault.Keys;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>rotate</c>: a new key takes a key's place; the key file gets it.</summary>
internal sealed class RotateCommand : WritingCommand
{
    private readonly Option<string?> _revoke;
    private readonly Option<string?> _signer;
    private readonly Option<string?> _boundary;
    private readonly Option<string> _reason;

    public RotateCommand()
        : base("rotate", "Revokes a key and promotes a new one in its place, signed by another key of the vault; the key file is brought along.")
    {
        _revoke = Text("--revoke", "The key to revoke; the one that signs now without it");
        _signer = Text("--signer", "The root or quorum key that signs the rotation; the first other one in the key file without it");
        _boundary = Text("--boundary", "The last event of the revoked key that is still trusted; the log's last one without it");
        _reason = TextOr("--reason", "Why", "key_compromise");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        await using var writer = await OpenAsync(run, cancellation);
        using var promoted = SigningKey.Generate();
        var request = new RotationRequest(run.Get(_revoke) ?? writer.Vault.PublicKey.KeyId, promoted)
        {
            SignerKeyId = run.Get(_signer),
            BoundaryEventId = run.Get(_boundary),
            Reason = run.Get(_reason)!,
        };
        var change = await KeyRotation.PlanAsync(writer.Vault, request, writer.Now, cancellation);
        await writer.ApplyAsync(change, cancellation);
        return new Outcome(
            new JsonObject { ["event_id"] = change.EventId, ["revoked_key_id"] = request.RevokedKeyId, ["new_key_id"] = promoted.PublicKey.KeyId },
            screen => screen.Fields(
                ("Revoked", request.RevokedKeyId), ("Promoted", promoted.PublicKey.KeyId), ("Promotion event", change.EventId),
                ("Key file", "holds the new key, and the revoked one no more")));
    }
}
