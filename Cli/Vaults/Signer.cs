using Granary.Cli.Hosting;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Keys;

namespace Granary.Cli.Vaults;

/// <summary>The private key that signs for a vault: from a key file, or the one in the vault.</summary>
internal static class Signer
{
    private const string PsmcKey = "keys/active.pem";

    /// <summary>Reads it; the caller disposes it.</summary>
    public static SigningKey Read(VaultPlace place, string? keyFile, string? keyId)
    {
        var path = keyFile ?? DefaultFile(place);
        var bytes = File.Exists(path) ? OutsideFile.Read(path, "The private key file") : [];
        if (bytes.AsSpan().StartsWith("-----BEGIN"u8))
            return KeyPem.ReadPrivate(bytes);
        using var keys = KeyFiles.Read(path);
        var seed = KeyFiles.Choose(keys, keyId).ExportSeed();
        try
        {
            return SigningKey.FromSeed(seed);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Whether the vault holds its own keys.</summary>
    public static bool HasDefault(VaultPlace place) => File.Exists(Inside(place));

    /// <summary>The key file in the vault.</summary>
    public static string DefaultFile(VaultPlace place)
    {
        return HasDefault(place)
            ? Inside(place)
            : throw new CliFailure(
                "There is no private key to sign with", "the vault holds none, as it should", "give the key file: --keyfile FILE", "provara init --help");
    }

    private static string Inside(VaultPlace place) => Path.Combine(place.Folder, place.IsPsmc ? PsmcKey : PrivateKeyFile.FileName);
}
