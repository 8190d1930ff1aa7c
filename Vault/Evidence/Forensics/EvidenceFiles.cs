using System.Security.Cryptography;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Storage;
using Granary.Vault.Verification.Checks;

namespace Granary.Vault.Evidence.Forensics;

/// <summary>The files of a forensic bundle as they come together, each with its digest.</summary>
internal sealed class EvidenceFiles
{
    private readonly List<EvidenceFile> _files = [];
    private readonly SortedDictionary<string, FileDigest> _digests = new(StringComparer.Ordinal);

    public IReadOnlyList<EvidenceFile> Files => _files;

    public IReadOnlyDictionary<string, FileDigest> Digests => _digests;

    public string? VaultUid { get; private set; }

    /// <summary>What is taken from the vault as it is: logs and public documents, by the names of the reference's bundle.</summary>
    public static async Task<EvidenceFiles> CollectAsync(IVaultReader reader, string format, long count, CancellationToken cancellation)
    {
        var files = new EvidenceFiles();
        await files.AddLogAsync(reader, LogStream.Events, BackpackBirth.LogName, count, cancellation);
        if (format == PsmcFormat.Name)
            await files.AddPsmcAsync(reader, count, cancellation);
        else
            await files.AddBackpackAsync(reader, cancellation);
        return files;
    }

    public void Add(string name, byte[] content)
    {
        _files.Add(EvidenceFile.Of(name, content));
        _digests[name] = new FileDigest(Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);
    }

    private async Task AddBackpackAsync(IVaultReader reader, CancellationToken cancellation)
    {
        foreach (var name in (string[])[BackpackBootstrap.GenesisName, KeyRegistry.FileName, BackpackPolicies.SyncContractName])
            await AddAsync(reader, name, name, cancellation);
        foreach (var name in (string[])[Manifest.FileName, Manifest.RootName, ManifestSignature.FileName])
            await AddAsync(reader, name, "manifest/" + name, cancellation);
        foreach (var folder in (string[])["timestamps", "anchors"])
        {
            foreach (var name in await reader.ListDocumentsAsync(folder, cancellation))
                await AddAsync(reader, name, name, cancellation);
        }
        VaultUid = await UidAsync(reader, cancellation);
    }

    private async Task AddPsmcAsync(IVaultReader reader, long count, CancellationToken cancellation)
    {
        await AddLogAsync(reader, LogStream.Chain, "chain/chain.ndjson", count, cancellation);
        foreach (var name in (string[])[PsmcMetadata.FileName, PsmcMetadata.PublicKeyName])
            await AddAsync(reader, name, name, cancellation);
        // The reference leaves retired private keys beside the public ones.
        foreach (var name in (await reader.ListDocumentsAsync(PsmcMetadata.RetiredFolder, cancellation))
            .Where(name => name.EndsWith(".pub.pem", StringComparison.Ordinal)))
            await AddAsync(reader, name, name, cancellation);
    }

    private async Task AddAsync(IVaultReader reader, string document, string name, CancellationToken cancellation)
    {
        if (await reader.ReadDocumentAsync(document, cancellation) is { } content)
            Add(name, content.ToArray());
    }

    private async Task AddLogAsync(IVaultReader reader, LogStream stream, string name, long count, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size = 0;
        await foreach (var line in LinesAsync(reader, stream, count, cancellation))
        {
            hash.AppendData(line.Span);
            hash.AppendData("\n"u8);
            size += line.Length + 1;
        }
        _digests[name] = new FileDigest(Convert.ToHexStringLower(hash.GetCurrentHash()), size);
        _files.Add(new EvidenceFile(name, async (output, stop) =>
        {
            await foreach (var line in LinesAsync(reader, stream, count, stop))
            {
                await output.WriteAsync(line, stop);
                await output.WriteAsync("\n"u8.ToArray(), stop);
            }
        }));
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(
        IVaultReader reader, LogStream stream, long count, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (long at = 0; at < count;)
        {
            var page = await reader.ReadAsync(stream, at, (int)Math.Min(512, count - at), 1024 * 1024, cancellation);
            if (page.Lines.Count == 0)
                yield break;
            foreach (var line in page.Lines)
                yield return line;
            at = page.Next;
        }
    }

    private static async Task<string?> UidAsync(IVaultReader reader, CancellationToken cancellation)
    {
        if (await reader.ReadDocumentAsync(BackpackBootstrap.GenesisName, cancellation) is not { } json)
            return null;
        try
        {
            return PrettyJson.Text(PrettyJson.Read(json.Span, BackpackBootstrap.GenesisName), "uid");
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
