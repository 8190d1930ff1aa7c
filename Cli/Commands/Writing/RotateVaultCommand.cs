using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Keys;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>rotate-vault</c>: a successor of a sealed vault, born with a link to it and with keys of its own, which are kept.</summary>
internal sealed class RotateVaultCommand : WritingCommand
{
    private readonly Option<string> _successor;
    private readonly Option<string?> _privateKeys;
    private readonly Option<bool> _quorum;

    public RotateVaultCommand() : base("rotate-vault", "Makes the successor of a sealed vault, whose birth names it.")
    {
        _successor = RequiredText("--successor", "The folder of the new vault");
        _privateKeys = With(new Option<string?>("--private-keys")
        {
            Description = "Where to put the successor's private keys; inside it without this",
            HelpName = "FILE",
        });
        _quorum = Switch("--quorum", "Make a second key for the successor");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var target = VaultPlace.At(run.Get(_successor)!).ForWriting();
        Predecessor link;
        await using (var writer = await OpenAsync(run, cancellation))
            link = await VaultSeal.LinkAsync(writer.Vault, cancellation);
        using var root = SigningKey.Generate();
        using var quorum = run.Get(_quorum) ? SigningKey.Generate() : null;
        var keyFile = Path.GetFullPath(run.Get(_privateKeys) ?? Path.Combine(target.Folder, PrivateKeyFile.FileName));
        var birth = new BackpackBirth { Root = root, Quorum = quorum, Uid = Guid.NewGuid().ToString("D"), Predecessor = link };
        await VaultSeed.CreateAsync(target, birth, keyFile, run, cancellation);
        return new Outcome(
            new JsonObject
            {
                ["vault_path"] = target.Folder,
                ["uid"] = birth.Uid,
                ["root_key_id"] = root.PublicKey.KeyId,
                ["private_keys"] = keyFile,
                ["seal_event_id"] = link.SealEventId,
            },
            screen => screen.Fields(
                ("Successor", target.Folder), ("Uid", birth.Uid), ("Root key", root.PublicKey.KeyId),
                ("Private keys", keyFile), ("Continues the seal", link.SealEventId)));
    }
}
