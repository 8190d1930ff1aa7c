using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Cli.Output;
using Granary.Vault.Keys;

namespace Granary.Cli.Messages;

/// <summary>A message only its recipient reads (specification 3.10): X25519, HKDF-SHA256, AES-256-GCM.</summary>
internal static class SealedMessage
{
    public const string Extension = "provara.messaging.encrypted_v1";

    private const int TagLength = 16;
    private const int NonceLength = 12;

    private static readonly byte[] Purpose = Encoding.ASCII.GetBytes("provara-sovereign-messaging-v1");

    /// <summary>The payload's members that carry the message.</summary>
    public static JsonObject Seal(JsonObject message, AgreementKey sender, ReadOnlySpan<byte> recipient)
    {
        // Sorted and ASCII, as the reference writes it.
        var text = Encoding.ASCII.GetBytes(ConsoleJson.CompactAscii(new JsonObject(message.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())))));
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var sealedText = new byte[text.Length + TagLength];
        using var cipher = Cipher(sender, recipient);
        cipher.Encrypt(nonce, text, sealedText.AsSpan(0, text.Length), sealedText.AsSpan(text.Length));
        return new JsonObject
        {
            ["recipient_encryption_pubkey_b64"] = Convert.ToBase64String(recipient),
            ["sender_pubkey_b64"] = Convert.ToBase64String(sender.PublicKey.Span),
            ["nonce"] = Convert.ToBase64String(nonce),
            ["ciphertext"] = Convert.ToBase64String(sealedText),
        };
    }

    /// <summary>The message in a payload, or null where it is not for this recipient or was changed.</summary>
    public static JsonObject? Open(JsonObject payload, AgreementKey recipient)
    {
        try
        {
            var sender = Convert.FromBase64String($"{payload["sender_pubkey_b64"]}");
            var nonce = Convert.FromBase64String($"{payload["nonce"]}");
            var sealedText = Convert.FromBase64String($"{payload["ciphertext"]}");
            if (nonce.Length != NonceLength || sealedText.Length < TagLength)
                return null;
            var text = new byte[sealedText.Length - TagLength];
            using var cipher = Cipher(recipient, sender);
            cipher.Decrypt(nonce, sealedText.AsSpan(0, text.Length), sealedText.AsSpan(text.Length), text);
            return ConsoleJson.Read(text) as JsonObject;
        }
        catch (Exception failure) when (failure is FormatException or CryptographicException )
        {
            return null;
        }
    }

    private static AesGcm Cipher(AgreementKey mine, ReadOnlySpan<byte> theirs)
    {
        var secret = mine.Agree(theirs);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Purpose);
        CryptographicOperations.ZeroMemory(secret);
        try
        {
            return new AesGcm(key, TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
