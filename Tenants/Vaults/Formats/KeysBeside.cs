using Granary.Vault.Backpack.Keys;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Formats;

/// <summary>
/// A Backpack vault's private keys beside it and not in it, where every copy of the folder would have them. Those of a vault that came from elsewhere may
/// still be inside, until they change.
/// </summary>
internal sealed class KeysBeside : IPrivateKeyPlace
{
    /// <summary>The document's name.</summary>
    public const string Name = "private_keys.json";

    /// <summary>The only instance; it has no state.</summary>
    public static KeysBeside Instance { get; } = new();

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(IVaultLog log, CancellationToken cancellation) =>
        await log.ReadBesideAsync(Name, cancellation) ?? await PrivateKeyPlace.InVault.ReadAsync(log, cancellation);

    public Task WriteAsync(IVaultLog log, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        log.WriteBesideAsync(new VaultDocument(Name, content, Secret: true), rank: null, cancellation);
}
