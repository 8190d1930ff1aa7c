using System.Security.Cryptography;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc;

/// <summary>An open PSMC vault: its log, its active key, and what writes and checks its entries.</summary>
public sealed class PsmcVault : IAsyncDisposable
{
    private readonly SigningKey? _key;
    private readonly PsmcEntryBuilder? _builder;

    private PsmcVault(IVaultLog log, PublicKey publicKey, SigningKey? key, PsmcMetadata metadata)
    {
        Log = log;
        PublicKey = publicKey;
        _key = key;
        Metadata = metadata;
        _builder = key is null ? null : new PsmcEntryBuilder(key);
    }

    /// <summary>The log.</summary>
    public IVaultLog Log { get; }

    /// <summary>The metadata as it was when the vault was opened.</summary>
    public PsmcMetadata Metadata { get; }

    /// <summary>The active public key.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>False where it was opened without its private key: it can be read.</summary>
    public bool CanSign => _key is not null;

    /// <summary>The active key; it stays the vault's.</summary>
    /// <exception cref="VaultStorageException">The vault was opened without it.</exception>
    public SigningKey Signer => Required(_key);

    /// <summary>Writes entries; one at a time.</summary>
    /// <exception cref="VaultStorageException">The vault was opened without its private key.</exception>
    public PsmcEntryBuilder Builder => Required(_builder);

    /// <summary>Creates a vault with a key, durably; the key stays the caller's.</summary>
    public static async Task<PsmcMetadata> CreateAsync(
        IVaultStore store, SigningKey key, DateTimeOffset created, CancellationToken cancellation, string? birth = null)
    {
        await store.CreateAsync(NewBirth(key, created) with { Mark = birth }, cancellation);
        return new PsmcMetadata(EventTimestamp.Format(created), key.PublicKey.KeyId);
    }

    /// <summary>What a vault with this key is born with.</summary>
    public static VaultBirth NewBirth(SigningKey key, DateTimeOffset created) => new(PsmcFormat.Descriptor, PsmcMetadata.NewVault(key, created));

    /// <summary>Opens a vault.</summary>
    /// <exception cref="VaultStorageException">The store's reasons, or <see cref="VaultStorageFailure.Damaged"/> where metadata or key do not fit.</exception>
    public static async Task<PsmcVault> OpenAsync(IVaultStore store, CancellationToken cancellation) =>
        await FromAsync(await store.OpenAsync(cancellation), cancellation);

    /// <summary>Takes over a log that is open; where that fails it is closed.</summary>
    /// <exception cref="VaultStorageException">As <see cref="OpenAsync"/>.</exception>
    public static Task<PsmcVault> FromAsync(IVaultLog log, CancellationToken cancellation) => FromAsync(log, readsWithoutKey: false, cancellation);

    /// <summary>Takes over a log that is open; where that fails it is closed.</summary>
    /// <param name="log">The log.</param>
    /// <param name="readsWithoutKey">True to open a vault for reading where the private key is missing; false to refuse it.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="VaultStorageException">As <see cref="OpenAsync"/>.</exception>
    public static async Task<PsmcVault> FromAsync(IVaultLog log, bool readsWithoutKey, CancellationToken cancellation)
    {
        try
        {
            await PsmcRotation.FinishAsync(log, cancellation);
            var metadata = PsmcMetadata.Read(await ReadAsync(log, PsmcMetadata.FileName, cancellation));
            if (readsWithoutKey && await log.ReadDocumentAsync(PsmcMetadata.PrivateKeyName, cancellation) is null)
                return new PsmcVault(log, await ReadPublicKeyAsync(log, metadata, cancellation), null, metadata);
            var key = KeyPem.ReadPrivate((await ReadAsync(log, PsmcMetadata.PrivateKeyName, cancellation)).Span);
            RequireActive(key.PublicKey, metadata, PsmcMetadata.PrivateKeyName);
            return new PsmcVault(log, key.PublicKey, key, metadata);
        }
        catch (Exception failure)
        {
            await log.DisposeAsync();
            if (failure is FormatException or CryptographicException)
                throw Damaged(failure.Message, failure);
            throw;
        }
    }

    /// <summary>Whether the private key is there now that was missing when the vault was opened: open it again to write.</summary>
    public async Task<bool> KeyHasComeAsync(CancellationToken cancellation) =>
        _key is null && await Log.ReadDocumentAsync(PsmcMetadata.PrivateKeyName, cancellation) is not null;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        _key?.Dispose();
    }

    private static T Required<T>(T? signing) where T : class => signing ?? throw MissingKey.Of(PsmcMetadata.PrivateKeyName);

    private static async Task<PublicKey> ReadPublicKeyAsync(IVaultLog log, PsmcMetadata metadata, CancellationToken cancellation)
    {
        var key = KeyPem.ReadPublic((await ReadAsync(log, PsmcMetadata.PublicKeyName, cancellation)).Span);
        RequireActive(key, metadata, PsmcMetadata.PublicKeyName);
        return key;
    }

    private static void RequireActive(PublicKey key, PsmcMetadata metadata, string file)
    {
        if (metadata.KeyFingerprint != key.KeyId)
            throw Damaged($"psmc.json names the key {metadata.KeyFingerprint}, and {file} is another one.", null);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(IVaultLog log, string name, CancellationToken cancellation) =>
        await log.ReadDocumentAsync(name, cancellation) ?? throw Damaged($"{name} is missing; the vault can be read elsewhere, not written.", null);

    private static VaultStorageException Damaged(string message, Exception? inner) => new(VaultStorageFailure.Damaged, message, inner);
}
