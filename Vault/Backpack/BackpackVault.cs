using System.Security.Cryptography;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>
/// An open Backpack vault: its log, its keys, the ends of its chains, and what writes its events. One user at a time: the one that appends to
/// <see cref="Log"/> brings <see cref="Chains"/> along.
/// </summary>
public sealed partial class BackpackVault : IAsyncDisposable
{
    private readonly BackpackVaultOptions _options;
    private HeldKeys? _keys;

    private BackpackVault(IVaultLog log, BackpackVaultOptions options, KeyRegistry registry, HeldKeys? keys, BackpackChains chains)
    {
        Log = log;
        _options = options;
        Registry = registry;
        _keys = keys;
        Chains = chains;
        _digest = options.Digest;
        _copies = new DerivedCopies(log);
        _pending = new PendingDocuments(log);
    }

    /// <summary>The log.</summary>
    public IVaultLog Log { get; }

    /// <summary>The public keys.</summary>
    public KeyRegistry Registry { get; private set; }

    /// <summary>False where it was opened without its private keys (<see cref="BackpackVaultOptions.ReadsWithoutKeys"/>): it can be read.</summary>
    public bool CanSign => _keys is not null;

    /// <summary>The active key, which signs.</summary>
    /// <exception cref="VaultStorageException">There are no private keys, and the registry has no active key.</exception>
    public PublicKey PublicKey => _keys?.Signer.PublicKey ?? FirstActive();

    /// <summary>Writes events; one at a time.</summary>
    /// <exception cref="VaultStorageException">The vault was opened without its private keys.</exception>
    public BackpackEventBuilder Builder => Held.Builder;

    /// <summary>The ends of the chains at the log's head.</summary>
    public BackpackChains Chains { get; }

    /// <summary>The active key; it stays the vault's.</summary>
    /// <exception cref="VaultStorageException">The vault was opened without its private keys.</exception>
    public SigningKey Signer => Held.Signer;

    internal IReadOnlyList<SigningKey> PrivateKeys => Held.All;

    private HeldKeys Held => _keys ?? throw MissingKey.Of(PrivateKeyFile.FileName);

    /// <summary>Creates a vault with its first two events, durably; the keys stay the caller's.</summary>
    public static async Task<BackpackBootstrap> CreateAsync(
        IVaultStore store, BackpackBirth birth, TimeProvider time, CancellationToken cancellation, string? birthName = null)
    {
        var made = BackpackBootstrap.Create(birth, time);
        await store.CreateAsync(new VaultBirth(BackpackFormat.Descriptor, made.Documents) { Entries = made.Entries, Mark = birthName }, cancellation);
        return made;
    }

    /// <summary>Opens a vault.</summary>
    /// <exception cref="VaultStorageException">
    /// The store's reasons, or <see cref="VaultStorageFailure.Damaged"/> where registry or private keys do not fit.
    /// </exception>
    public static async Task<BackpackVault> OpenAsync(IVaultStore store, CancellationToken cancellation, BackpackVaultOptions? options = null) =>
        await FromAsync(await store.OpenAsync(cancellation), cancellation, options);

    /// <summary>The vault whose log is open. The log is the vault's from then on, and closed where this fails, unless the options say otherwise.</summary>
    /// <exception cref="VaultStorageException">As <see cref="OpenAsync"/>.</exception>
    public static async Task<BackpackVault> FromAsync(IVaultLog log, CancellationToken cancellation, BackpackVaultOptions? options = null)
    {
        options ??= new BackpackVaultOptions();
        try
        {
            var chains = options.Chains is { } known && known.Position <= log.Head.Count ? known : new BackpackChains();
            await chains.CatchUpAsync(log, cancellation);
            var registry = KeyRegistry.Read((await ReadAsync(log, KeyRegistry.FileName, cancellation)).Span);
            var vault = new BackpackVault(log, options, registry, await ReadKeysAsync(log, options, registry, cancellation), chains);
            // What a crash left is for somebody to finish who has the keys.
            if (!vault.CanSign)
                return vault;
            if (await KeyRotation.FindCutOffAsync(vault, cancellation) is { } promotion)
                await vault.CommitAsync([promotion.Entry], cancellation);
            await vault.FinishPendingAsync(cancellation);
            if (await KeyRotation.FindUnfinishedAsync(vault.Registry, chains, log, cancellation) is { } rotated)
                await vault.FinishRotationAsync(rotated, cancellation);
            await vault.DropRevokedKeysAsync(cancellation);
            await vault.DropOutdatedCheckpointsAsync(cancellation);
            return vault;
        }
        catch (Exception failure)
        {
            if (!options.LeaveOpen)
                await log.DisposeAsync();
            if (failure is FormatException or CryptographicException)
                throw Damaged(failure.Message, failure);
            throw;
        }
    }

    /// <summary>The private key of this id, where the vault holds it.</summary>
    public SigningKey? FindPrivateKey(string keyId) => _keys?.Find(keyId);

    /// <summary>Whether the private keys are there now that were missing when the vault was opened: open it again to write.</summary>
    public async Task<bool> KeysHaveComeAsync(CancellationToken cancellation) =>
        _keys is null && await _options.Keys.ReadAsync(Log, cancellation) is not null;

    /// <summary>Refuses whatever would append to a sealed vault.</summary>
    /// <exception cref="BackpackInputException">The vault is sealed.</exception>
    public void RefuseIfSealed()
    {
        if (Chains.SealEventId is { } seal)
            throw new BackpackInputException($"The vault was sealed by {seal} and takes no more events; go on in a successor vault.");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_options.LeaveOpen)
            await Log.DisposeAsync();
        _digest?.Dispose();
        _keys?.Dispose();
    }

    internal async Task<byte[]> ReadRequiredAsync(string name, CancellationToken cancellation) => (await ReadAsync(Log, name, cancellation)).ToArray();

    private PublicKey FirstActive() =>
        Registry.Keys.FirstOrDefault(key => key is { IsActive: true, HasOwnId: true })?.Key ?? throw Damaged("None of the vault's public keys is active.", null);

    private static async Task<HeldKeys?> ReadKeysAsync(
        IVaultLog log, BackpackVaultOptions options, KeyRegistry registry, CancellationToken cancellation) =>
        await HeldKeys.ReadAsync(log, options.Keys, registry, cancellation)
        ?? (options.ReadsWithoutKeys ? null : throw Damaged("The vault's private keys are missing; without them it can be read, not written.", null));

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(IVaultLog log, string name, CancellationToken cancellation) =>
        await log.ReadDocumentAsync(name, cancellation) ?? throw Damaged($"{name} is missing; the vault can be read elsewhere, not written.", null);

    private static VaultStorageException Damaged(string message, Exception? inner) => new(VaultStorageFailure.Damaged, message, inner);
}
