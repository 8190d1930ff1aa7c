using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Cli.Verification;
using Granary.Vault.Verification.Reports;

namespace Granary.Cli.Commands;

/// <summary><c>restore</c>: a backup becomes a vault again, whole and verified, or not at all.</summary>
internal sealed class RestoreCommand : CliCommand
{
    private readonly Argument<string> _archive;
    private readonly Option<string> _to;

    public RestoreCommand() : base("restore", "Unpacks a backup into a new folder, after its hash and the vault in it were checked.")
    {
        _archive = WithArgument("ARCHIVE", "The zip that provara backup wrote");
        _to = RequiredText("--to", "The folder to make; it must not exist");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var archive = run.Get(_archive);
        var target = VaultPlace.At(run.Get(_to)!).ForWriting();
        if (Directory.Exists(target.Folder) || File.Exists(target.Folder))
            throw new CliFailure(
                "The target exists already", $"{target.Folder} would be overwritten", "name a folder that does not exist", "provara restore --help");
        await using var file = OutsideFile.Open(archive, "The archive");
        var hashed = await CheckHashAsync(archive, file, cancellation);
        var draft = target.Folder + ".restoring";
        if (Directory.Exists(draft))
            Directory.Delete(draft, recursive: true);
        try
        {
            Directory.CreateDirectory(draft);
            await Task.Run(() => VaultFiles.Unzip(file, draft), cancellation);
            var check = await FolderCheck.RunAsync(VaultPlace.At(draft), run, new CheckOptions { Mode = VerificationMode.Compatible }, cancellation);
            if (check.ExitCode != 0)
                throw new CliFailure("The vault in the archive does not verify", check.Summary, "use another backup", "provara verify --help");
            Directory.Move(draft, target.Folder);
            return Show(target.Folder, check, hashed);
        }
        finally
        {
            if (Directory.Exists(draft))
                Directory.Delete(draft, recursive: true);
        }
    }

    private static Outcome Show(string folder, CheckResult check, bool hashed)
    {
        var hasKeys = VaultFiles.List(folder).Any(VaultFiles.IsSecret);
        return new Outcome(
            new JsonObject { ["vault_path"] = folder, ["hash_checked"] = hashed, ["has_private_keys"] = hasKeys, ["verification"] = check.Json.DeepClone() },
            screen =>
            {
                screen.Fields(
                    ("Restored to", folder), ("Archive's hash", hashed ? "as recorded" : "no .sha256 file beside the archive"), ("Vault", check.Summary));
                if (!hasKeys)
                    screen.Line("It holds no private keys: put yours beside it and pass them with --keyfile to write.");
            });
    }

    private static async Task<bool> CheckHashAsync(string archive, FileStream file, CancellationToken cancellation)
    {
        var beside = Path.ChangeExtension(archive, ".sha256");
        if (!File.Exists(beside))
            return false;
        var expected = Encoding.UTF8.GetString(OutsideFile.Read(beside, "The archive's hash")).Split(' ', 2)[0].Trim();
        var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
        file.Position = 0;
        return found == expected
            ? true
            : throw new CliFailure(
                "The archive is not what was written", $"its SHA-256 is {found}, and {Path.GetFileName(beside)} says {expected}",
                "get another copy of it", "provara restore --help");
    }
}
