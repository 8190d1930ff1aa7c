using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
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

    private const string Prefix = "grk_";
    private const int SecretBytes = 32;
    private const int SaltBytes = 16;

    public static (string Text, byte[] Salt, byte[] Hash) Create(string id)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return ($"{Prefix}{id}_{secret}", salt, Hash(salt, secret));
    }

    public static bool TryRead(string text, [NotNullWhen(true)] out string? id, [NotNullWhen(true)] out string? secret)
    {
        id = secret = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length > 256)
            return false;
        var end = text.IndexOf('_', Prefix.Length);
        if (end <= Prefix.Length || end == text.Length - 1)
            return false;
        id = text[Prefix.Length..end];
        secret = text[(end + 1)..];
        return true;
    }

    /// <summary>Whether <see cref="Create"/> could have made it. What it could not have made is found by no guess.</summary>
    public static bool CouldBe(string id, string secret) =>
        id.Length <= MaxIdLength && id.All(IsIdCharacter) && Base64Url.IsValid(secret, out var bytes) && bytes == SecretBytes;

    public static bool IsIdCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '-';

    public static byte[] Hash(byte[] salt, string secret) => HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(secret));
}
