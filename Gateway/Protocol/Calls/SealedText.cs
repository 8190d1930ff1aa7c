using System.Buffers.Text;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>Sealed bytes as text that a client carries: one spelling of each, so that two texts are never the same token.</summary>
internal static class SealedText
{
    /// <summary>The bytes; null for text that this server would not have written: with padding, white space or spare bits, for example.</summary>
    public static byte[]? Decode(string text)
    {
        if (!Base64Url.IsValid(text))
            return null;
        var bytes = Base64Url.DecodeFromChars(text);
        return Base64Url.EncodeToString(bytes) == text ? bytes : null;
    }
}
