using System.Text.Json.Nodes;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>What <c>identity/genesis.json</c> says.</summary>
internal sealed record GenesisRecord(string? Uid, string? RootKeyId, string? BirthTimestamp);

/// <summary>Whether all is there that must be (specification 1.1).</summary>
internal sealed class LayoutChecks(IVaultReader reader, IVaultFiles files, FindingList findings)
{
    private static readonly string[] RequiredFiles =
    [
        BackpackBootstrap.GenesisName, KeyRegistry.FileName, "policies/safety_policy.json", "policies/sync_contract.json", "policies/retention_policy.json",
        Manifest.FileName, Manifest.RootName,
    ];

    private static readonly string[] MayBeEmpty = ["state", "artifacts", "artifacts/cas"];

    /// <summary>Checks the layout and reads the birth record.</summary>
    /// <param name="logOnly">Whether only log and identity are there, because it is a bundle.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task<GenesisRecord?> RunAsync(bool logOnly, CancellationToken cancellation)
    {
        foreach (var name in RequiredFiles.Take(logOnly ? 2 : RequiredFiles.Length))
        {
            if (await reader.ReadDocumentAsync(name, cancellation) is null)
                findings.Add(BackpackRules.MissingFile, $"{name} is missing.");
        }
        if (!logOnly && files.Folders is { } folders)
            CheckFolders(folders);
        if (reader.Count(LogStream.Events) == 0)
            findings.Add(BackpackRules.NoEvents, $"{BackpackBirth.LogName} is missing or holds no event.");
        return await GenesisAsync(cancellation);
    }

    private void CheckFolders(IReadOnlySet<string> folders)
    {
        foreach (var name in (ReadOnlySpan<string>)["events", "identity", "policies"])
        {
            if (!folders.Contains(name))
                findings.Add(BackpackRules.MissingFolder, $"The folder {name} is missing.");
        }
        var missing = MayBeEmpty.Where(name => !folders.Contains(name)).ToList();
        if (missing.Count > 0)
            findings.Add(BackpackRules.MissingEmptyFolder, $"Folders that may be empty are missing: {string.Join(", ", missing)}.");
    }

    private async Task<GenesisRecord?> GenesisAsync(CancellationToken cancellation)
    {
        if (await reader.ReadDocumentAsync(BackpackBootstrap.GenesisName, cancellation) is not { } json)
            return null;
        try
        {
            var root = PrettyJson.Read(json.Span, BackpackBootstrap.GenesisName);
            var genesis = new GenesisRecord(Text(root, "uid"), Text(root, "root_key_id"), Text(root, "birth_timestamp"));
            if (genesis.Uid is null || genesis.RootKeyId is null || genesis.BirthTimestamp is null)
                findings.Add(BackpackRules.GenesisFields, $"{BackpackBootstrap.GenesisName} lacks one of uid, birth_timestamp and root_key_id.");
            return genesis;
        }
        catch (FormatException failure)
        {
            findings.Add(BackpackRules.GenesisFields, failure.Message);
            return null;
        }
    }

    private static string? Text(JsonObject root, string name) => PrettyJson.Text(root, name) is { Length: > 0 } text ? text : null;
}
