using Granary.Hosting.Configuration;
using Granary.Vault.Keys;
using Granary.Vault.OutsideFiles;

namespace Granary.Grains.Redis;

/// <summary>Reads the key-encryption keys, which wrap the secrets that are stored.</summary>
public static class KeyEncryptionKeys
{
    /// <summary>How to make one.</summary>
    public const string Help = "Make one with: openssl rand -base64 32";

    private const int MaxKeyFile = 64 * 1024;

    /// <summary>The keys of <c>GRANARY_KEK</c> or <c>GRANARY_KEK_FILE</c>; null where neither is set.</summary>
    /// <exception cref="InvalidDataException">They cannot be used; the message names the setting and shows no key.</exception>
    public static KeyRing? Read(Settings settings)
    {
        var (text, file) = (settings.Text("GRANARY_KEK"), settings.Text("GRANARY_KEK_FILE"));
        if (text is not null && file is not null)
            throw new InvalidDataException("Both GRANARY_KEK and GRANARY_KEK_FILE are given; give one of them.");
        if (text is null && file is null)
            return null;
        try
        {
            return KeyRing.Parse(text ?? RegularFile.ReadText(file!, MaxKeyFile));
        }
        catch (FormatException failure)
        {
            throw new InvalidDataException($"{(text is null ? "GRANARY_KEK_FILE" : "GRANARY_KEK")}: {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException("The file that GRANARY_KEK_FILE names cannot be read.", failure);
        }
    }
}
