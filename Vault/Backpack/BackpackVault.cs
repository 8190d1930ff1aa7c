using System.Security.Cryptography;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>An open Backpack vault: its log, its keys, the ends of its chains, and what writes its events.</summary>
public sealed class BackpackVault : IAsyncDisposable
{
    private readonly PrivateKeyFile _keys;

    private BackpackVault(IVaultLog log, KeyRegistry registry, PrivateKeyFile keys, SigningKey signer, BackpackChains chains)
    {
        Log = log;
        Registry = registry;
        _keys = keys;
        Signer = signer;
        Chains = chains;
        Builder = new BackpackEventBuilder(signer);
    }

    /// <summary>The log.</summary>
    public IVaultLog Log { get; }

    /// <summary>The public keys as they were when the vault was opened.</summary>
    public KeyRegistry Registry { get; }

    /// <summary>The active key, which signs.</summary>
    public PublicKey PublicKey => Signer.PublicKey;

    /// <summary>Writes events; one at a time.</summary>
    public BackpackEventBuilder Builder { get; }

    /// <summary>The ends of the chains at the log's head; whoever appends feeds it.</summary>
    public BackpackChains Chains { get; }

    internal SigningKey Signer { get; }

    /// <summary>Creates a vault with its first two events, durably; the keys stay the caller's.</summary>
    public static async Task<BackpackBootstrap> CreateAsync(
        IVaultStore store, BackpackBirth birth, TimeProvider time, CancellationToken cancellation, string? birthName = null)
    {
        var made = BackpackBootstrap.Create(birth, time);
        await store.CreateAsync(made.Documents, cancellation, birthName);
        return made;
    }

    /// <summary>Opens a vault.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <param name="chains">The ends of the chains as they were saved, to spare reading the whole log; null to read it.</param>
    /// <exception cref="VaultStorageException">The store's reasons, or <see cref="VaultStorageFailure.Damaged"/> where registry or private keys do not fit.</exception>
    public static async Task<BackpackVault> OpenAsync(IVaultStore store, CancellationToken cancellation, BackpackChains? chains = null)
    {
        var log = await store.OpenAsync(cancellation);
        try
        {
            var registry = KeyRegistry.Read((await ReadAsync(log, KeyRegistry.FileName, cancellation)).Span);
            var keys = PrivateKeyFile.Read((await ReadAsync(log, PrivateKeyFile.FileName, cancellation)).Span);
            var signer = keys.FindActive(registry) ?? throw Damaged("None of the vault's private keys is an active key of its registry.", null);
            chains = chains is not null && chains.Position <= log.Head.Count ? chains : new BackpackChains();
            await chains.CatchUpAsync(log, cancellation);
            return new BackpackVault(log, registry, keys, signer, chains);
        }
        catch (Exception failure)
        {
            await log.DisposeAsync();
            if (failure is FormatException or CryptographicException)
                throw Damaged(failure.Message, failure);
            throw;
        }
    }

    /// <summary>The private key of this id, where the vault holds it.</summary>
    public SigningKey? FindPrivateKey(string keyId) => _keys.Find(keyId);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        Builder.Dispose();
        _keys.Dispose();
        Registry.Dispose();
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(IVaultLog log, string name, CancellationToken cancellation) =>
        await log.ReadDocumentAsync(name, cancellation) ?? throw Damaged($"{name} is missing; the vault can be read elsewhere, not written.", null);

    private static VaultStorageException Damaged(string message, Exception? inner) => new(VaultStorageFailure.Damaged, message, inner);
}
