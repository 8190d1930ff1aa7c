using System.Security.Cryptography;
using Granary.Vault.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Transparency;

namespace Granary.Tenants.Vaults.Signing;

/// <summary>
/// Signs checkpoints of one vault with the key of its tenant, which is the same for all vaults of the tenant and made at its first use. Only under the names of
/// this tenant and vault: whatever asks, one vault's tree is never signed as another's. The key is in memory only while it signs.
/// </summary>
/// <param name="tenant">The tenant.</param>
/// <param name="vault">The vault.</param>
/// <param name="secrets">Where the tenant's key is kept; null where nothing can be, and then nothing is signed.</param>
public sealed class TenantSigner(TenantId tenant, VaultName vault, ITenantSecrets? secrets)
{
    /// <summary>The key's name among the tenant's secrets: an Ed25519 private key as PKCS#8 in PEM.</summary>
    public const string SecretName = "tenant-key.pem";

    // One for each vault in use: a checkpoint that is read again and again costs no signature and no look at the store.
    private volatile TenantSignature? _last;

    /// <summary>The tenant's signature of a checkpoint.</summary>
    /// <returns>Null where the origin is not this vault's, or where the tenant has no key and none can be kept.</returns>
    /// <exception cref="TenantException">The tenant has a key, and it cannot be used; the message says why.</exception>
    internal async Task<TenantSignature?> SignAsync(LogCheckpoint checkpoint, CancellationToken cancellation)
    {
        if (secrets is null || LogName.TenantPart(checkpoint.Origin, tenant, vault) is not { } name)
            return null;
        var text = checkpoint.Text;
        if (_last is { } last && last.Text == text)
            return last;
        var pem = await ReadAsync(secrets, cancellation);
        if (pem is null)
            return null;
        try
        {
            using var key = KeyPem.ReadPrivate(pem);
            return _last = new TenantSignature(text, NoteSignature.Sign(text, name, key), new NoteKey(name, NoteKeyKind.Log, key.PublicKey));
        }
        catch (FormatException failure)
        {
            throw Unusable(TenantFailure.Damaged, "it is not an Ed25519 private key in PEM.", failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    private async Task<byte[]?> ReadAsync(ITenantSecrets from, CancellationToken cancellation)
    {
        try
        {
            return await from.GetOrAddAsync(tenant, SecretName, NewKey, cancellation);
        }
        catch (VaultStorageException failure) when (failure.Failure is VaultStorageFailure.Refused or VaultStorageFailure.Damaged)
        {
            throw Unusable(failure.Failure == VaultStorageFailure.Refused ? TenantFailure.StorageRefused : TenantFailure.Damaged, failure.Message, failure);
        }
    }

    private static byte[] NewKey()
    {
        using var key = SigningKey.Generate();
        return KeyPem.WritePrivate(key);
    }

    private TenantException Unusable(TenantFailure kind, string why, Exception failure) => new(
        kind, $"The key of the tenant \"{tenant.Value}\", {SecretName}, cannot be used to sign checkpoints: {why} docs/operations.md says how to get it back.", null, failure);
}

/// <summary>A tenant's signature.</summary>
/// <param name="Text">What is signed.</param>
/// <param name="Signature">The signature.</param>
/// <param name="Key">The key that it is verified with.</param>
internal sealed record TenantSignature(string Text, NoteSignature Signature, NoteKey Key);
