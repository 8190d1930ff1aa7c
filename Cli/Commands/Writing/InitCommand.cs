using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Cli.Verification;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Keys;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>init</c>, and <c>bootstrap</c>, which is the same under the name of the reference's module.</summary>
internal sealed class InitCommand : VaultCommand
{
    private readonly Option<string?> _uid;
    private readonly Option<string> _actor;
    private readonly Option<bool> _quorum;
    private readonly Option<string?> _privateKeys;
    private readonly Option<bool> _encrypted;
    private readonly Option<bool> _quiet;
    private readonly Option<bool> _selfTest;

    public InitCommand(string name = "init") : base(name, name == "init"
        ? "Makes a new vault with its keys, policies, first two events and signed manifest."
        : "The same as init, under the name of the reference's module.")
    {
        _uid = Text("--uid", "The vault's id; a random UUID without it");
        _actor = TextOr("--actor", "Whose chain the first events start", "sovereign_genesis");
        _quorum = Switch("--quorum", "Make a second key, which can take the first one's place");
        _privateKeys = With(new Option<string?>("--private-keys")
        {
            Description = "Where to put the private keys; without it PATH/identity/private_keys.json, where every copy of the folder takes them along",
            HelpName = "FILE",
        });
        _encrypted = Switch("--encrypted", "Encrypt the payloads of appended events (AES-256-GCM); needs PROVARA_KEK or PROVARA_KEK_FILE");
        OneOf(
            "--mode", "Accepted for compatibility: each event has a data key of its own, and an actor's are destroyed together",
            "per-event", "per-event", "per-actor");
        _quiet = With(new Option<bool>("--quiet", "-q") { Description = "Print nothing but errors" });
        _selfTest = Switch("--self-test", "Verify the new vault strictly");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run).ForWriting();
        var encryption = run.Get(_encrypted) ? DataKeys.ReadEncryption(run.Host) : null;
        using var root = SigningKey.Generate();
        using var quorum = run.Get(_quorum) ? SigningKey.Generate() : null;
        var birth = new BackpackBirth
        {
            Root = root,
            Quorum = quorum,
            Uid = run.Get(_uid) ?? Guid.NewGuid().ToString("D"),
            Actor = run.Get(_actor)!,
            KeepPrivateKeys = false,
        };
        var keyFile = Path.GetFullPath(run.Get(_privateKeys) ?? Path.Combine(place.Folder, PrivateKeyFile.FileName));
        await VaultSeed.CreateAsync(place, birth, keyFile, run, cancellation);
        if (encryption is not null)
        {
            await using var writer = await FolderBackpackWriter.OpenAsync(place, keyFile, null, run, cancellation);
            await writer.AddAsync(DataKeys.ConfigName, DataKeys.Config(run.Time), cancellation);
        }
        encryption?.Dispose();
        var check = run.Get(_selfTest) ? await FolderCheck.RunAsync(place, run, new CheckOptions(), cancellation) : null;
        return Show(run, place, birth, keyFile, check);
    }

    private Outcome Show(Run run, VaultPlace place, BackpackBirth birth, string keyFile, CheckResult? check)
    {
        var json = new JsonObject
        {
            ["success"] = check is null || check.ExitCode == 0,
            ["vault_path"] = place.Folder,
            ["uid"] = birth.Uid,
            ["root_key_id"] = birth.Root.PublicKey.KeyId,
            ["quorum_key_id"] = birth.Quorum?.PublicKey.KeyId,
            ["event_count"] = 2,
            ["private_keys"] = keyFile,
            ["verification"] = check?.Json.DeepClone(),
        };
        return new Outcome(json, screen =>
        {
            if (run.Get(_quiet))
                return;
            screen.Fields(
                ("Vault", place.Folder), ("Uid", birth.Uid), ("Root key", birth.Root.PublicKey.KeyId),
                ("Quorum key", birth.Quorum?.PublicKey.KeyId), ("Private keys", keyFile));
            if (check is not null)
                check.Show(screen);
            if (keyFile.StartsWith(place.Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                screen.Line("The private keys are inside the vault: anyone who copies the folder can sign. Keep them elsewhere with --private-keys FILE.");
            screen.Line("Keep the private keys safe: without them the vault can be read and verified, never written again.");
        }, check?.ExitCode ?? 0);
    }
}
