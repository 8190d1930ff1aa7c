using Granary.Cli.Hosting;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Keys;

namespace Granary.Cli.Vaults;

/// <summary>Makes vaults in folders.</summary>
internal static class VaultSeed
{
    /// <summary>Makes a vault, its private keys in a file of their own, which is written first: a vault without its keys is worth nothing.</summary>
    public static async Task CreateAsync(VaultPlace place, BackpackBirth birth, string keyFile, Run run, CancellationToken cancellation)
    {
        var isInside = keyFile.StartsWith(place.Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        if (isInside && Path.GetRelativePath(place.Folder, keyFile).Replace(Path.DirectorySeparatorChar, '/') != PrivateKeyFile.FileName)
        {
            throw new CliFailure(
                "The key file would become part of the vault", $"inside the vault only {PrivateKeyFile.FileName} stays out of the manifest",
                "name a file outside the vault", "provara init --help");
        }
        birth = birth with { KeepPrivateKeys = isInside };
        if (!isInside)
            await KeyFiles.WriteAsync(keyFile, PrivateKeyFile.Write(birth.Quorum is null ? [birth.Root] : [birth.Root, birth.Quorum]), cancellation);
        try
        {
            await BackpackFolder.CreateAsync(place.Folder, birth, run.Time, cancellation);
        }
        catch when (!isInside)
        {
            File.Delete(keyFile);
            throw;
        }
    }
}
