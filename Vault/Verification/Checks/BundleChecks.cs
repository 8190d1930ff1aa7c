using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Checks;

/// <summary>A folder that is a forensic bundle: a vault's log and public keys without its other files, and the hash of every file.</summary>
internal sealed class BundleChecks(string folder, IVaultFiles files)
{
    /// <summary>The file of the hashes of all others, by which a bundle is known.</summary>
    public const string HashesName = "hashes.json";

    // A recipient's verifiers: the page holds the list of hashes and cannot be in it, and neither is evidence.
    private static readonly string[] NotListed = ["verify.html", "verify.py"];

    private static readonly Rule Form = Rule.Error("bundle.form");
    private static readonly Rule Missing = Rule.Error("bundle.missing", number: "E010");
    private static readonly Rule Changed = Rule.Error("bundle.hash", number: "E012");
    private static readonly Rule Unlisted = Rule.Error("bundle.unlisted");

    // A hundred bytes a file: more than a million files.
    private const long MaxHashesSize = 256 * 1024 * 1024;

    private int _listed;

    public string Summary => $"a forensic bundle of {_listed} files, by size and hash, nothing unlisted";

    public static bool IsBundle(string folder) => File.Exists(Path.Combine(folder, HashesName));

    public async Task RunAsync(FindingList findings, CancellationToken cancellation)
    {
        var listed = Read(findings);
        _listed = listed.Count;
        foreach (var (name, digest) in listed)
        {
            var found = IsSafe(name) ? await files.DigestAsync(name, cancellation) : null;
            if (found is null)
                findings.Add(Missing, $"{name} is in {HashesName} and is missing.");
            else if (found != digest)
                findings.Add(Changed, $"{name} is not the file whose hash {HashesName} has.");
        }
        foreach (var name in await files.ListAsync(cancellation))
        {
            if (name != HashesName && !NotListed.Contains(name) && !listed.ContainsKey(name))
                findings.Add(Unlisted, $"{name} is not in {HashesName}.");
        }
    }

    private byte[] ReadHashes()
    {
        var json = RegularFile.Read(Path.Combine(folder, HashesName), MaxHashesSize);
        CanonicalJson.Check(json);
        return json;
    }

    private Dictionary<string, FileDigest> Read(FindingList findings)
    {
        try
        {
            using var document = JsonDocument.Parse(ReadHashes());
            return document.RootElement.GetProperty("files").EnumerateObject().ToDictionary(
                file => file.Name,
                file => new FileDigest(file.Value.GetProperty("sha256").GetString() ?? "", file.Value.GetProperty("size").GetInt64()),
                StringComparer.Ordinal);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            findings.Add(Form, $"{HashesName} is not a list of files with sha256 and size.");
            return [];
        }
    }

    private static bool IsSafe(string name) => !Path.IsPathRooted(name) && !name.Split('/', '\\').Contains("..");
}
