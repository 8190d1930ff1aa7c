using Granary.Vault.Keys;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Keys;

/// <summary>The public keys a vault folder holds: the active one and the retired ones.</summary>
internal sealed class PsmcKeyRing
{
    private readonly Dictionary<string, PublicKey> _keys = [];

    /// <summary>The active key's id, or null where it cannot be read.</summary>
    public string? ActiveId { get; private set; }

    /// <summary>How many keys there are.</summary>
    public int Count => _keys.Count;

    /// <summary>What is wrong with the key files and the metadata.</summary>
    public List<(string Rule, string Reason)> Problems { get; } = [];

    public static async Task<PsmcKeyRing> LoadAsync(IVaultReader reader, CancellationToken cancellation)
    {
        var ring = new PsmcKeyRing();
        ring.ActiveId = await ring.AddAsync(reader, PsmcMetadata.PublicKeyName, cancellation);
        foreach (var name in await reader.ListDocumentsAsync(PsmcMetadata.RetiredFolder, cancellation))
        {
            if (name.EndsWith("_public.pub.pem", StringComparison.Ordinal))
                await ring.AddAsync(reader, name, cancellation);
        }
        await ring.CheckMetadataAsync(reader, cancellation);
        return ring;
    }

    public PublicKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);

    private async Task<string?> AddAsync(IVaultReader reader, string name, CancellationToken cancellation)
    {
        if (await reader.ReadDocumentAsync(name, cancellation) is not { } pem)
        {
            Problems.Add(("key.file", $"{name} is missing."));
            return null;
        }
        try
        {
            var key = KeyPem.ReadPublic(pem.Span);
            _keys[key.KeyId] = key;
            return key.KeyId;
        }
        catch (FormatException failure)
        {
            Problems.Add(("key.file", $"{name} holds no Ed25519 public key: {failure.Message}"));
            return null;
        }
    }

    private async Task CheckMetadataAsync(IVaultReader reader, CancellationToken cancellation)
    {
        if (await reader.ReadDocumentAsync(PsmcMetadata.FileName, cancellation) is not { } json)
        {
            Problems.Add(("metadata.file", "psmc.json is missing."));
            return;
        }
        try
        {
            var metadata = PsmcMetadata.Read(json);
            if (metadata.KeyFingerprint != ActiveId)
                Problems.Add(("metadata.key", $"psmc.json names the key {metadata.KeyFingerprint}; the active key is {ActiveId ?? "not readable"}."));
        }
        catch (FormatException failure)
        {
            Problems.Add(("metadata.file", failure.Message));
        }
    }
}
