using System.Security.Cryptography;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Psmc.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc;

/// <summary>An open PSMC vault: its log, its active key, and what writes and checks its entries.</summary>
public sealed class PsmcVault : IAsyncDisposable
{
    private readonly SigningKey _key;

    private PsmcVault(IVaultLog log, SigningKey key, PsmcMetadata metadata)
    {
        Log = log;
        _key = key;
        Metadata = metadata;
        Builder = new PsmcEntryBuilder(key);
    }

    /// <summary>The log.</summary>
    public IVaultLog Log { get; }

    /// <summary>The metadata as it was when the vault was opened.</summary>
    public PsmcMetadata Metadata { get; }

    /// <summary>The active public key.</summary>
    public PublicKey PublicKey => _key.PublicKey;

    /// <summary>The active key; it stays the vault's.</summary>
    public SigningKey Signer => _key;

    /// <summary>Writes entries; one at a time.</summary>
    public PsmcEntryBuilder Builder { get; }

    /// <summary>Creates a vault with a key, durably; the key stays the caller's.</summary>
    public static async Task<PsmcMetadata> CreateAsync(
        IVaultStore store, SigningKey key, DateTimeOffset created, CancellationToken cancellation, string? birth = null)
    {
        await store.CreateAsync(NewBirth(key, created) with { Mark = birth }, cancellation);
        return new PsmcMetadata(EventTimestamp.Format(created), key.PublicKey.KeyId);
    }

    /// <summary>What a vault with this key is born with.</summary>
    public static VaultBirth NewBirth(SigningKey key, DateTimeOffset created) => new(VaultFormats.Psmc, PsmcMetadata.NewVault(key, created));

    /// <summary>Opens a vault.</summary>
    /// <exception cref="VaultStorageException">The store's reasons, or <see cref="VaultStorageFailure.Damaged"/> where metadata or key do not fit.</exception>
    public static async Task<PsmcVault> OpenAsync(IVaultStore store, CancellationToken cancellation) =>
        await FromAsync(await store.OpenAsync(cancellation), cancellation);

    /// <summary>Takes over a log that is open; where that fails it is closed.</summary>
    /// <exception cref="VaultStorageException">As <see cref="OpenAsync"/>.</exception>
    public static async Task<PsmcVault> FromAsync(IVaultLog log, CancellationToken cancellation)
    {
        try
        {
            await PsmcRotation.FinishAsync(log, cancellation);
            var metadata = PsmcMetadata.Read(await ReadAsync(log, PsmcMetadata.FileName, cancellation));
            var key = KeyPem.ReadPrivate((await ReadAsync(log, PsmcMetadata.PrivateKeyName, cancellation)).Span);
            if (metadata.KeyFingerprint != key.PublicKey.KeyId)
                throw Damaged($"psmc.json names the key {metadata.KeyFingerprint}, and keys/active.pem is another one.", null);
            return new PsmcVault(log, key, metadata);
        }
        catch (Exception failure)
        {
            await log.DisposeAsync();
            if (failure is FormatException or CryptographicException)
                throw Damaged(failure.Message, failure);
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        Builder.Dispose();
        _key.Dispose();
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(IVaultLog log, string name, CancellationToken cancellation) =>
        await log.ReadDocumentAsync(name, cancellation) ?? throw Damaged($"{name} is missing; the vault can be read elsewhere, not written.", null);

    private static VaultStorageException Damaged(string message, Exception? inner) => new(VaultStorageFailure.Damaged, message, inner);
}
