using Granary.Vault.Keys;

namespace Granary.Vault.Verification.Backpack;

/// <summary>Base64 as the reference reads it: what is not of the alphabet is ignored. Only to tell a respelled signature from a wrong one.</summary>
internal static class LenientBase64
{
    /// <summary>The 64 bytes of a signature, or null.</summary>
    public static byte[]? Decode(string text)
    {
        var letters = string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/'));
        // 64 bytes are 86 letters; the last one carries four stray bits.
        if (letters.Length != 86)
            return null;
        var signature = new byte[SigningKey.SignatureLength + 2];
        return Convert.TryFromBase64String(letters + "==", signature, out var length) && length == SigningKey.SignatureLength
            ? signature[..SigningKey.SignatureLength]
            : null;
    }
}
