using System.Buffers;
using Granary.Hosting.Configuration;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Redis.Connections;

namespace Granary.Grains.Redis;

/// <summary>Reads how this process reaches Redis, and the key that keeps secrets from it.</summary>
public static class RedisSettingsReader
{
    private static readonly SearchValues<char> PrefixCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:");

    /// <summary>
    /// Reads <c>GRANARY_REDIS</c>, <c>GRANARY_REDIS_PREFIX</c>, <c>GRANARY_REDIS_REPLICAS</c>, <c>GRANARY_KEK</c> or <c>GRANARY_KEK_FILE</c>, and
    /// <c>GRANARY_ARCHIVE</c>.
    /// </summary>
    /// <param name="settings">Where they stand.</param>
    /// <param name="holdsVaultKeys">Whether this process opens vaults, and so cannot do without a key-encryption key; it then reads the archive too.</param>
    /// <param name="openS3">See <see cref="ArchiveSettingsReader.Read"/>.</param>
    /// <exception cref="InvalidDataException">Something is missing or cannot be used; the message names it and shows nothing secret.</exception>
    public static RedisSettings Read(Settings settings, bool holdsVaultKeys = true, Func<string, ISegmentArchive>? openS3 = null)
    {
        var configuration = settings.Text("GRANARY_REDIS")
            ?? throw new InvalidDataException("GRANARY_REDIS is required in this shape: where Redis is, for example redis:6379.");
        var prefix = settings.Text("GRANARY_REDIS_PREFIX") ?? "granary";
        if (prefix.Length > 64 || prefix.AsSpan().IndexOfAnyExcept(PrefixCharacters) >= 0)
            throw new InvalidDataException($"GRANARY_REDIS_PREFIX has 1 to 64 letters, digits, '-', '_', '.' and ':'; it is '{prefix}'.");
        var keys = KeyEncryptionKeys.Read(settings);
        if (keys is null && holdsVaultKeys)
        {
            throw new InvalidDataException(
                $"GRANARY_KEK or GRANARY_KEK_FILE is required in this shape: vault keys enter Redis only wrapped by a key-encryption key. {KeyEncryptionKeys.Help}");
        }
        return new RedisSettings
        {
            Configuration = Checked(configuration),
            Prefix = prefix,
            Replicas = settings.Number("GRANARY_REDIS_REPLICAS", 0, 0, 16),
            Keys = keys,
            Archive = holdsVaultKeys ? ArchiveSettingsReader.Read(settings, openS3) : null,
        };
    }

    private static string Checked(string configuration)
    {
        try
        {
            RedisLink.Check(configuration);
            return configuration;
        }
        catch (ArgumentException failure)
        {
            throw new InvalidDataException(
                "GRANARY_REDIS cannot be read: host:port, more of them separated by commas, then options such as password=….", failure);
        }
    }
}
