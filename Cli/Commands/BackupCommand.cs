using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;
using Granary.Cli.Verification;
using Granary.Vault.Verification.Reports;

namespace Granary.Cli.Commands;

/// <summary><c>backup</c>: verify, pack, hash, prune.</summary>
internal sealed class BackupCommand : ReachableCommand
{
    private readonly Option<string> _to;
    private readonly Option<int> _keep;
    private readonly Option<bool> _keys;

    public BackupCommand() : base("backup", "Verifies a vault and packs it into a zip with its SHA-256 beside it. Private keys stay out unless asked for.")
    {
        _to = TextOr("--to", "The folder for backups", "Backups");
        _keep = With(NumberOption.Or("--keep", "How many backups to keep there; the oldest go", 12, "N", atLeast: 1));
        _keys = Switch("--include-private-keys", "Pack the private keys too: anyone with the archive can then sign");
    }

    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        var check = await FolderCheck.RunAsync(place, run, new CheckOptions { Mode = VerificationMode.Compatible }, cancellation);
        if (check.ExitCode != 0)
        {
            throw new CliFailure(
                "The vault does not verify", "a backup of a broken vault would pass for a good one",
                $"run provara verify {place.Folder} and look into what it finds", "provara verify --help");
        }
        var all = VaultFiles.List(place.Folder);
        foreach (var file in all)
            await OutsideFile.Open(Path.Combine(place.Folder, file), file).DisposeAsync();
        var files = run.Get(_keys) ? all : [.. all.Where(file => !VaultFiles.IsSecret(file))];
        var left = all.Count - files.Count;
        return await WriteAsync(run, left, async file =>
        {
            await run.Tracker.RunAsync("Packing", files.Count, progress => Task.Run(() =>
            {
                VaultFiles.Zip(place.Folder, files, file, progress);
                return true;
            }, cancellation));
        }, cancellation);
    }

    protected override async Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation)
    {
        if (run.Get(_keys))
            throw new UsageException("A gateway gives no private keys away: leave --include-private-keys out.");
        var answer = await remote.CallAsync("export_vault", null, cancellation);
        var zip = Convert.FromBase64String(answer["zip_base64"]!.GetValue<string>());
        return await WriteAsync(run, 0, async file => await file.WriteAsync(zip, cancellation), cancellation);
    }

    private async Task<Outcome> WriteAsync(Run run, int left, Func<FileStream, Task> pack, CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(run.Get(_to)!);
        Directory.CreateDirectory(folder);
        var name = "Backup_" + run.Time.GetLocalNow().ToString("yyyy-MM-dd_HHmmss", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, name + ".zip");
        var draft = path + ".part";
        string hash;
        // Deleted and made, never opened: somebody who may write into the folder could have put a link there.
        File.Delete(draft);
        await using (var file = VaultFiles.Create(draft))
        {
            await pack(file);
            await file.FlushAsync(cancellation);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
            file.Position = 0;
            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
        }
        File.Move(draft, path, overwrite: true);
        var sum = Path.Combine(folder, name + ".sha256");
        File.Delete(sum);
        await using (var file = new StreamWriter(VaultFiles.Create(sum)))
            await file.WriteAsync($"{hash}  {name}.zip\n");
        var pruned = Prune(folder, run.Get(_keep));
        return new Outcome(
            new JsonObject
            {
                ["archive"] = path,
                ["sha256"] = hash,
                ["private_keys_left_out"] = left,
                ["pruned"] = new JsonArray([.. pruned.Select(file => (JsonNode)file)]),
            },
            screen =>
            {
                foreach (var old in pruned)
                    screen.Line($"Pruned {old}");
                screen.Fields(("Archive", path), ("SHA-256", hash));
                if (left > 0)
                    screen.Line($"{left} private key file(s) are not in it; keep them elsewhere, or pack them with --include-private-keys.");
            });
    }

    private static List<string> Prune(string folder, int keep)
    {
        var old = Directory.EnumerateFiles(folder, "Backup_*.zip").Order(StringComparer.Ordinal).SkipLast(keep).ToList();
        foreach (var archive in old)
        {
            File.Delete(archive);
            File.Delete(Path.ChangeExtension(archive, ".sha256"));
        }
        return [.. old.Select(archive => Path.GetFileName(archive))];
    }
}
