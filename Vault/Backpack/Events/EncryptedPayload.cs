using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Granary.Vault.Canonical;

namespace Granary.Vault.Backpack.Events;

/// <summary>
/// A payload under a data key of its own (specification 3.10): AES-256-GCM, nonce of 12 bytes, tag behind the ciphertext. Without the key it is nothing,
/// which is what shredding means.
/// </summary>
public static class EncryptedPayload
{
    /// <summary>Bytes of a data key.</summary>
    public const int KeyLength = 32;

    /// <summary>The document that says that a vault's payloads are encrypted.</summary>
    public const string ConfigurationName = "identity/encryption_config.json";

    private const string Mark = "aes-gcm-v1";
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>Wraps a canonical payload.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> payload, string keyId, ReadOnlySpan<byte> key)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var content = new byte[payload.Length + TagLength];
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(nonce, payload, content.AsSpan(0, payload.Length), content.AsSpan(payload.Length));
        return CanonicalJson.Canonicalize(PrettyJson.Write(new JsonObject
        {
            ["_privacy"] = Mark,
            ["kid"] = keyId,
            ["nonce"] = Convert.ToBase64String(nonce),
            ["ciphertext"] = Convert.ToBase64String(content),
        }));
    }

    /// <summary>The id of the key a payload is wrapped with, or null where it is not wrapped.</summary>
    public static string? KeyIdOf(ReadOnlySpan<byte> payload) => Text(payload, "_privacy"u8) == Mark ? Text(payload, "kid"u8) : null;

    /// <summary>The payload in a wrapper.</summary>
    /// <exception cref="CryptographicException">It is not what was wrapped with this key.</exception>
    public static byte[] Decrypt(ReadOnlySpan<byte> wrapper, ReadOnlySpan<byte> key)
    {
        var nonce = Bytes(wrapper, "nonce"u8);
        var content = Bytes(wrapper, "ciphertext"u8);
        if (KeyIdOf(wrapper) is null || nonce.Length != NonceLength || content.Length < TagLength || key.Length != KeyLength)
            throw new CryptographicException("The payload is not one that was encrypted here.");
        var payload = new byte[content.Length - TagLength];
        using var cipher = new AesGcm(key, TagLength);
        cipher.Decrypt(nonce, content.AsSpan(0, payload.Length), content.AsSpan(payload.Length), payload);
        return payload;
    }

    internal static byte[] Configuration(string created) => PrettyJson.Write(
        new JsonObject { ["encryption_enabled"] = true, ["encryption_mode"] = "per-event", ["algorithm"] = "AES-256-GCM", ["created_at"] = created },
        finalNewline: false);

    private static string? Text(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> name) =>
        !payload.IsEmpty && payload[0] == '{' && CanonicalObject.TryGet(payload, name, out var value) && value[0] == '"' ? JsonString.Read(value) : null;

    private static byte[] Bytes(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> name)
    {
        var text = Text(payload, name) ?? "";
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }
}
