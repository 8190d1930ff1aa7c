using Granary.Vault.Backpack.Events;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Keys;

/// <summary>The private keys of an open vault, and what signs with the active one.</summary>
internal sealed class HeldKeys : IDisposable
{
    private readonly PrivateKeyFile _file;

    private HeldKeys(PrivateKeyFile file, SigningKey signer)
    {
        _file = file;
        Signer = signer;
        Builder = new BackpackEventBuilder(signer);
    }

    /// <summary>All of them, in their order.</summary>
    public IReadOnlyList<SigningKey> All => _file.Keys;

    /// <summary>The active key.</summary>
    public SigningKey Signer { get; }

    /// <summary>Writes events that it signs.</summary>
    public BackpackEventBuilder Builder { get; }

    /// <summary>Reads them; null where there is no key file.</summary>
    /// <exception cref="FormatException">It is no key file.</exception>
    /// <exception cref="VaultStorageException">None of its keys is an active one of the vault.</exception>
    public static async Task<HeldKeys?> ReadAsync(IVaultLog log, IPrivateKeyPlace place, KeyRegistry registry, CancellationToken cancellation)
    {
        if (await place.ReadAsync(log, cancellation) is not { } json)
            return null;
        var file = PrivateKeyFile.Read(json.Span);
        if (file.FindActive(registry) is { } signer)
            return new HeldKeys(file, signer);
        file.Dispose();
        throw new VaultStorageException(VaultStorageFailure.Damaged, "None of the vault's private keys is an active key of its registry.");
    }

    /// <summary>The key of this id.</summary>
    public SigningKey? Find(string keyId) => _file.Find(keyId);

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();
}
