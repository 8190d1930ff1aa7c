using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Evidence.Forensics;

/// <summary>What a forensic bundle says besides the vault.</summary>
public sealed record ForensicOptions
{
    /// <summary>The signed head that is known from outside the vault, which then goes into the bundle.</summary>
    public SignedHead? Head { get; init; }

    /// <summary>Who takes the bundle, for the chain of custody.</summary>
    public string Exporter { get; init; } = "provara";

    /// <summary>Whether the vault is being written, see <see cref="VerificationOptions.ManifestMayLag"/>.</summary>
    public bool ManifestMayLag { get; init; }
}

/// <summary>
/// A vault as evidence for somebody else (specification 8): log, public identity and manifest as they are, what a strict verification found, who
/// exported what and when, the hash of every file, and two verifiers for a recipient who has no program of ours. Private keys are never in it.
/// <see cref="VaultVerifier.RunFolderAsync"/> verifies its folder.
/// </summary>
public static class ForensicBundle
{
    /// <summary>Makes the bundle. The log is streamed when its file is written, and must not have been rewritten by then.</summary>
    /// <exception cref="VaultStorageException">The store's reasons; <see cref="VaultStorageFailure.NotFound"/> where it is no vault.</exception>
    public static async Task<IReadOnlyList<EvidenceFile>> CreateAsync(
        IVaultReader reader, ForensicOptions options, DateTimeOffset time, IProgress<long>? progress, CancellationToken cancellation)
    {
        var verification = new VerificationOptions { Head = options.Head, ManifestMayLag = options.ManifestMayLag };
        var report = await VaultVerifier.RunAsync(reader, verification, progress, cancellation);
        var files = await EvidenceFiles.CollectAsync(reader, report.Format, report.Head.Count, cancellation);
        var signatures = await SignatureCount.CountAsync(reader, report.Format, report.Head.Count, cancellation);
        if (options.Head is { } head)
            files.Add("head.json", head.Write());
        files.Add("verification_report.json", EvidenceJson.Write(json =>
        {
            json.WritePropertyName("report");
            ReportJson.Write(report, null, json);
        }));
        files.Add("signatures/signature_report.json", EvidenceJson.Write(json => WriteSignatures(files, signatures, report, json)));
        files.Add("chain_of_custody.json", EvidenceJson.Write(json => WriteCustody(files, options, report, time, json)));
        files.Add("README.txt", ForensicReadme.Write(report, options.Head is not null));
        files.Add(BundleChecks.HashesName, EvidenceJson.Write(json => WriteHashes(files, json)));
        return [.. files.Files, .. ForensicVerifiers.For(files.Files, files.Digests.Values.Sum(digest => digest.Size))];
    }

    private static void WriteSignatures(EvidenceFiles files, SignatureCount signatures, VaultReport report, Utf8JsonWriter json)
    {
        json.WriteNumber("total_events", report.Head.Count);
        json.WriteNumber("signed_events", signatures.Signed);
        json.WriteNumber("unsigned_events", signatures.Unsigned);
        json.WriteNumber("errors", report.Checks.Where(check => check.Name is "signatures" or "chain").Sum(check => check.Errors));
        WriteHashes(files, json);
    }

    private static void WriteCustody(EvidenceFiles files, ForensicOptions options, VaultReport report, DateTimeOffset time, Utf8JsonWriter json)
    {
        json.WriteString("exported_at_utc", EventTimestamp.Format(time));
        json.WriteString("exported_by", options.Exporter);
        json.WriteString("vault_format", report.Format);
        json.WriteString("vault_uid", files.VaultUid);
        json.WriteNumber("event_count", report.Head.Count);
        json.WriteString("head", report.Head.Hash);
        json.WriteString("event_tree_root", report.Root);
        json.WriteBoolean("valid_at_export", report.Valid);
        json.WriteBoolean("head_known_from_outside", options.Head is not null);
        json.WriteBoolean("contains_private_keys", false);
    }

    private static void WriteHashes(EvidenceFiles files, Utf8JsonWriter json)
    {
        json.WriteStartObject("files");
        foreach (var (name, digest) in files.Digests)
        {
            json.WriteStartObject(name);
            json.WriteString("sha256", digest.Sha256);
            json.WriteNumber("size", digest.Size);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
