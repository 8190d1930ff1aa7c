using System.Text;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Vaults;
using Granary.Vault.OutsideFiles;

namespace Granary.Cli.Verification;

/// <summary>Walks from a vault to the sealed ones it continues, which lie beside it, and verifies each.</summary>
internal static class Predecessors
{
    private const int MaxVaults = 100;

    public static async Task<CheckResult> AddAsync(CheckResult result, VaultPlace place, Run run, CheckOptions options, CancellationToken cancellation)
    {
        var rows = new List<(string Folder, CheckResult Result)>();
        var problem = (string?)null;
        var at = place;
        while (rows.Count < MaxVaults && Link(at.Folder) is { } link)
        {
            if (Find(at.Folder, link) is not { } folder)
            {
                problem = $"The vault that {Path.GetFileName(at.Folder)} continues is not beside it: none of its neighbours has the Merkle root {link}.";
                break;
            }
            at = VaultPlace.At(folder);
            rows.Add((folder, await FolderCheck.RunAsync(at, run, options, cancellation)));
        }
        var json = (JsonObject)result.Json.DeepClone();
        json["predecessors"] = new JsonArray(
            [.. rows.Select(row => (JsonNode)new JsonObject { ["vault_path"] = row.Folder, ["verification"] = row.Result.Json })]);
        json["predecessor_problem"] = problem;
        var valid = result.ExitCode == 0 && problem is null && rows.TrueForAll(row => row.Result.ExitCode == 0);
        return new CheckResult(json, result.Summary, screen =>
        {
            result.Show(screen);
            foreach (var (folder, check) in rows)
                screen.Verdict(check.ExitCode == 0, $"predecessor {folder}: {check.Summary}");
            if (problem is not null)
                screen.Verdict(false, problem);
        }, valid ? 0 : 1);
    }

    private static string? Link(string folder)
    {
        var genesis = Path.Combine(folder, "identity", "genesis.json");
        return File.Exists(genesis)
            ? ConsoleJson.Read(OutsideFile.Read(genesis, "The vault's genesis")).Member("predecessor_vault").MemberText("merkle_root")
            : null;
    }

    private static string? Find(string folder, string root) => Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!)
        .Where(neighbour => neighbour != folder && File.Exists(Path.Combine(neighbour, "merkle_root.txt")))
        .FirstOrDefault(neighbour => IsRoot(Path.Combine(neighbour, "merkle_root.txt"), root));

    private static bool IsRoot(string file, string root)
    {
        try
        {
            return Encoding.UTF8.GetString(RegularFile.Read(file, limit: 1024)).Trim() == root;
        }
        catch (IOException)
        {
            // Somebody else's folder, with something else of that name in it.
            return false;
        }
    }
}
