using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Gateway.Access;

/// <summary>
/// A key as its holder has it: <c>grk_&lt;id&gt;_&lt;secret&gt;</c>, the secret 32 random bytes in base64url. Only a salted hash is stored; a
/// fast hash is enough because the secret is random and not a password.
/// </summary>
internal static class ApiKey
{
    public const int MaxIdLength = 32;

    /// <summary>How long a hash is.</summary>
    public const int HashBytes = HMACSHA256.HashSizeInBytes;

    private const int MaxLength = 256;
    private const string Prefix = "grk_";
    private const int SecretBytes = 32;
    private const int SaltBytes = 16;
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static (string Text, byte[] Salt, byte[] Hash) Create(string id)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var (salt, hash) = (RandomNumberGenerator.GetBytes(SaltBytes), new byte[HashBytes]);
        Hash(salt, secret, hash);
        return ($"{Prefix}{id}_{secret}", salt, hash);
    }

    /// <summary>Takes a key apart; both parts are empty where it is none.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out ReadOnlySpan<char> id, out ReadOnlySpan<char> secret)
    {
        id = secret = default;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length > MaxLength)
            return false;
        var parts = text[Prefix.Length..];
        var end = parts.IndexOf('_');
        if (end <= 0 || end == parts.Length - 1)
            return false;
        id = parts[..end];
        secret = parts[(end + 1)..];
        return true;
    }

    /// <summary>Whether <see cref="Create"/> could have made it. What it could not have made is found by no guess.</summary>
    public static bool CouldBe(ReadOnlySpan<char> id, ReadOnlySpan<char> secret) =>
        id.Length <= MaxIdLength && !id.ContainsAnyExcept(IdCharacters) && Base64Url.IsValid(secret, out var bytes) && bytes == SecretBytes;

    public static bool IsIdCharacter(char c) => IdCharacters.Contains(c);

    /// <summary>Whether a secret, as <see cref="TryRead"/> gives it, has a hash. Takes as long for a wrong one.</summary>
    public static bool IsHash(ReadOnlySpan<byte> salt, ReadOnlySpan<char> secret, ReadOnlySpan<byte> hash)
    {
        Span<byte> made = stackalloc byte[HashBytes];
        Hash(salt, secret, made);
        return CryptographicOperations.FixedTimeEquals(made, hash);
    }

    private static void Hash(ReadOnlySpan<byte> salt, ReadOnlySpan<char> secret, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[3 * MaxLength];
        HMACSHA256.HashData(salt, bytes[..Encoding.UTF8.GetBytes(secret, bytes)], hash);
    }
}
