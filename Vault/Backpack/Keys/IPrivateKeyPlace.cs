using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Keys;

/// <summary>Where a vault's private keys are: in it as the reference has them, or in a file of the user's.</summary>
public interface IPrivateKeyPlace
{
    /// <summary>The key file, or null where there is none.</summary>
    Task<ReadOnlyMemory<byte>?> ReadAsync(IVaultLog log, CancellationToken cancellation);

    /// <summary>Replaces the key file in one step, durably.</summary>
    Task WriteAsync(IVaultLog log, ReadOnlyMemory<byte> content, CancellationToken cancellation);
}

/// <summary>The usual place.</summary>
public static class PrivateKeyPlace
{
    /// <summary>The document <c>identity/private_keys.json</c>.</summary>
    public static IPrivateKeyPlace InVault { get; } = new VaultPlace();

    private sealed class VaultPlace : IPrivateKeyPlace
    {
        public Task<ReadOnlyMemory<byte>?> ReadAsync(IVaultLog log, CancellationToken cancellation) =>
            log.ReadDocumentAsync(PrivateKeyFile.FileName, cancellation);

        public Task WriteAsync(IVaultLog log, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
            log.WriteDocumentAsync(new VaultDocument(PrivateKeyFile.FileName, content, Secret: true), derived: false, cancellation);
    }
}
