using System.CommandLine;
using System.Text;
using Granary.Cli.Hosting;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Keys;

namespace Granary.Cli.Vaults;

/// <summary>Public keys as a third party has them: Base64 of the 32 bytes, a PEM file, or a vault's identity/keys.json.</summary>
internal sealed class PublicKeys
{
    private readonly List<PublicKey> _keys;

    private PublicKeys(List<PublicKey> keys) => _keys = keys;

    /// <summary>All of them.</summary>
    public IReadOnlyList<PublicKey> All => _keys;

    public static Option<string> Option() => new("--public-key")
    {
        Description = "The public key you trust: Base64 of its 32 bytes, a PEM file, or a file like identity/keys.json",
        HelpName = "KEY",
        Required = true,
    };

    /// <summary>Reads what the option was given.</summary>
    public static PublicKeys Read(string given)
    {
        try
        {
            if (!File.Exists(given))
                return new PublicKeys([PublicKey.FromRaw(Convert.FromBase64String(given))]);
            var bytes = OutsideFile.Read(given, "The public key");
            if (Encoding.ASCII.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 64))).Contains("-----BEGIN", StringComparison.Ordinal))
                return new PublicKeys([KeyPem.ReadPublic(bytes)]);
            var registry = KeyRegistry.Read(bytes);
            return new PublicKeys([.. registry.Keys.Where(key => key.HasOwnId).Select(key => key.Key!)]);
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException)
        {
            throw new CliFailure(
                "The public key cannot be used", failure.Message,
                "give 32 bytes in Base64, a PEM file, or identity/keys.json", "provara proof verify --help", failure);
        }
    }

    /// <summary>The key of this id, or else the first, whose answer will be no.</summary>
    public PublicKey For(string keyId) => _keys.Find(key => key.KeyId == keyId)
        ?? _keys.FirstOrDefault() ?? throw new CliFailure("The file holds no public key", "its list of keys is empty", "give another file");
}
