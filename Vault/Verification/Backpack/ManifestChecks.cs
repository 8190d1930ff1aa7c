using System.Text;
using System.Text.Json;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Storage;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>Manifest, Merkle root and the signature over it, against the files that are there (specification 4).</summary>
internal sealed class ManifestChecks(IVaultReader reader, IVaultFiles files, VerificationOptions options, FindingList findings)
{
    private const int MaxReads = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private string? _root;
    private ReadOnlyMemory<byte>? _manifestBytes;
    private ReadOnlyMemory<byte>? _rootBytes;
    private ReadOnlyMemory<byte>? _signatureBytes;

    /// <summary>The manifest, or null where there is none that can be read.</summary>
    public Manifest? Manifest { get; private set; }

    /// <summary>The size that the manifest gives the log, or null.</summary>
    public long? LogSize => Manifest?.Entries.FirstOrDefault(entry => entry.Path == BackpackBirth.LogName)?.Size;

    public async Task LoadAsync(CancellationToken cancellation)
    {
        await ReadAsync(cancellation);
        // Of a vault in use the three may just be made anew, one after the other: what was read is then not of one make.
        for (var reads = 1; options.ManifestMayLag && reads < MaxReads && !AreOfOneMake(); reads++)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellation);
            await ReadAsync(cancellation);
        }
        if (_manifestBytes is not { } json)
            return;
        try
        {
            Manifest = Manifest.Read(json);
        }
        catch (FormatException failure)
        {
            findings.Add(BackpackRules.ManifestForm, failure.Message);
            return;
        }
        CheckSpelling(Manifest.FileName, json, Manifest.Write());
        using var document = JsonDocument.Parse(json);
        if (Member(document, "backpack_spec_version") is not { } version || version.GetRawText() != $"\"{Manifest.SpecVersion}\"")
            findings.Add(BackpackRules.SpecVersion, $"The manifest's backpack_spec_version is not {Manifest.SpecVersion}.");
        if (Member(document, "file_count") is not { ValueKind: JsonValueKind.Number } count
            || !count.TryGetInt64(out var number) || number != Manifest.Entries.Count)
            findings.Add(BackpackRules.FileCount, $"The manifest's file_count is not the number of its files, {Manifest.Entries.Count}.");
    }

    public async Task CheckAsync(ManifestDigest log, KeyRegistry registry, IReadOnlySet<string> promoters, CancellationToken cancellation)
    {
        if (Manifest is null)
            return;
        new ManifestPaths(findings).Check(Manifest.Entries);
        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in Manifest.Entries)
        {
            listed.Add(entry.Path);
            await CheckAsync(entry, log, cancellation);
        }
        await CheckPhantomsAsync(listed, cancellation);
        _root = Manifest.MerkleRoot();
        CheckRoot();
        CheckSignature(registry, promoters);
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        _manifestBytes = await reader.ReadDocumentAsync(Manifest.FileName, cancellation);
        _rootBytes = await reader.ReadDocumentAsync(Manifest.RootName, cancellation);
        _signatureBytes = await reader.ReadDocumentAsync(ManifestSignature.FileName, cancellation);
    }

    private bool AreOfOneMake()
    {
        if (_manifestBytes is not { } manifest || _rootBytes is not { } root || _signatureBytes is not { } signature)
            return false;
        try
        {
            var made = Manifest.Read(manifest).MerkleRoot();
            return RootOf(root) == made && ManifestSignature.Read(signature.Span).MerkleRoot == made;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string RootOf(ReadOnlyMemory<byte> content) => Encoding.UTF8.GetString(content.Span).TrimEnd('\n', '\r');

    private async Task CheckAsync(ManifestEntry entry, ManifestDigest log, CancellationToken cancellation)
    {
        if (!ManifestPaths.IsSafe(entry.Path))
        {
            findings.Add(BackpackRules.UnsafePath, $"The manifest lists {entry.Path}, which is not a path inside the vault.");
            return;
        }
        // The log has been read already; only a tail that is no line makes its file another one.
        var isLog = entry.Path == BackpackBirth.LogName && reader.Findings.All(finding => finding.Rule != "log.tail");
        var digest = isLog ? log.Digest() : await files.DigestAsync(entry.Path, cancellation);
        // A vault in use makes these anew between two seal points; they follow from the log, and say so themselves where they do not.
        var mayDiffer = options.ManifestMayLag && DerivedCopies.Includes(entry.Path);
        if (digest is not { } found)
            findings.Add(mayDiffer ? BackpackRules.Lag : BackpackRules.FileMissing, $"{entry.Path} is in the manifest and is missing.");
        else if (isLog && (found.Size, found.Sha256) != (entry.Size, entry.Sha256) && log.AtManifest is { } then && then.Sha256 == entry.Sha256)
            findings.Add(
                options.ManifestMayLag ? BackpackRules.Lag : BackpackRules.Stale,
                $"The manifest is as old as event {then.Events - 1}: it covers the first {then.Events} events.");
        else if (mayDiffer && (found.Size, found.Sha256) != (entry.Size, entry.Sha256))
            findings.Add(BackpackRules.Lag, $"{entry.Path} is not the file whose hash the manifest has.");
        else if (found.Size != entry.Size)
            findings.Add(BackpackRules.FileSize, $"{entry.Path} has {found.Size} bytes; the manifest says {entry.Size}.");
        else if (found.Sha256 != entry.Sha256)
            findings.Add(BackpackRules.FileHash, $"{entry.Path} is not the file whose hash the manifest has.");
    }

    private async Task CheckPhantomsAsync(HashSet<string> listed, CancellationToken cancellation)
    {
        foreach (var name in await files.ListAsync(cancellation))
        {
            if (listed.Contains(name) || Manifest.IsExcluded(name))
                continue;
            // The reference makes an empty key store when it only looks at a vault.
            if (!options.ManifestMayLag && name == PrivacyKeyStore.Name && PrivacyKeyStore.HoldsNoKey(await reader.ReadDocumentAsync(name, cancellation)))
                findings.Add(BackpackRules.EmptyKeyStore, $"{name} is not in the manifest; it holds no key, so nothing hangs on it.");
            else
                findings.Add(options.ManifestMayLag ? BackpackRules.Lag : BackpackRules.Phantom, $"{name} is not in the manifest.");
        }
    }

    private void CheckRoot()
    {
        if (_rootBytes is not { } content)
            return;
        var text = RootOf(content);
        if (!Proofs.EventTree.IsHash(text))
            findings.Add(BackpackRules.RootForm, $"{Manifest.RootName} is not 64 lower-case hexadecimal digits.");
        else if (text == _root)
            CheckSpelling(Manifest.RootName, content, Encoding.ASCII.GetBytes(text + "\n"));
        else
            findings.Add(BackpackRules.Root, $"The Merkle root of the manifest's files is not the one in {Manifest.RootName}.");
    }

    private void CheckSignature(KeyRegistry registry, IReadOnlySet<string> promoters)
    {
        if (_signatureBytes is not { } json)
        {
            findings.Add(BackpackRules.ManifestUnsigned, $"{ManifestSignature.FileName} is missing: nobody vouches for the files.");
            return;
        }
        try
        {
            var signature = ManifestSignature.Read(json.Span);
            CheckSpelling(ManifestSignature.FileName, json, signature.Write());
            Check(signature, registry, promoters);
        }
        catch (FormatException failure)
        {
            findings.Add(BackpackRules.ManifestSignature, failure.Message);
        }
    }

    /// <summary>The three are in no manifest, so nothing vouches for what the format does not put there (specification 1.1).</summary>
    private void CheckSpelling(string name, ReadOnlyMemory<byte> content, byte[] expected)
    {
        if (!content.Span.SequenceEqual(expected))
            findings.Add(
                BackpackRules.Spelling,
                $"{name} says what it should in other bytes than the format's: white space, further members, or line ends were changed.");
    }

    private void Check(ManifestSignature signature, KeyRegistry registry, IReadOnlySet<string> promoters)
    {
        var signer = registry.Find(signature.KeyId);
        if (signer?.Key is not { } key || !signature.IsSignedBy(key))
            findings.Add(BackpackRules.ManifestSignature, $"{ManifestSignature.FileName} is not a signature of the key {signature.KeyId}.");
        else if (!ManifestSigner.IsRoot(signer) && !(signer.IsActive && promoters.Contains(signer.KeyId)))
            findings.Add(
                BackpackRules.ManifestSigner,
                $"{ManifestSignature.FileName} is signed by {signature.KeyId}, which is {(signer.IsActive ? "neither a root key nor the key that promoted it" : "revoked")}.");
        if (signature.MerkleRoot != _root)
            findings.Add(
                BackpackRules.ManifestSignatureStale,
                $"{ManifestSignature.FileName}, signed at {signature.SignedAt}, is for another Merkle root: it is stale, or the manifest was changed.");
    }

    private static JsonElement? Member(JsonDocument document, string name) => document.RootElement.TryGetProperty(name, out var value) ? value : null;
}
