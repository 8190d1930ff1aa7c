using Granary.Vault.Backpack.Keys;
using Granary.Vault.Storage;

namespace Granary.Cli.Vaults;

/// <summary>A vault's private keys in a file of the user's choice. The key to sign with comes first.</summary>
internal sealed class NamedKeyFile(string keyFile, string? keyId) : IPrivateKeyPlace
{
    public Task<ReadOnlyMemory<byte>?> ReadAsync(IVaultLog log, CancellationToken cancellation)
    {
        using var keys = KeyFiles.Read(keyFile);
        var first = KeyFiles.Choose(keys, keyId);
        return Task.FromResult<ReadOnlyMemory<byte>?>(PrivateKeyFile.Write(keys.Keys.Where(key => key != first).Prepend(first)));
    }

    public Task WriteAsync(IVaultLog log, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        KeyFiles.ReplaceAsync(keyFile, content, cancellation);
}
