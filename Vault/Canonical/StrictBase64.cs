using System.Buffers;
using System.Buffers.Text;

namespace Granary.Vault.Canonical;

/// <summary>
/// Base64 that has one spelling: the alphabet of RFC 4648, padding, no white space, no stray bits. The reference ignores foreign characters, so
/// that one signature has many spellings; here it has one.
/// </summary>
internal static class StrictBase64
{
    /// <summary>Decodes exactly <paramref name="output"/>'s length, which is at most 96 bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> output)
    {
        Span<byte> spelling = stackalloc byte[128];
        return text.Length == Base64.GetMaxEncodedToUtf8Length(output.Length)
            && Base64.DecodeFromUtf8(text, output, out _, out var decoded) == OperationStatus.Done && decoded == output.Length
            && Base64.EncodeToUtf8(output, spelling, out _, out var encoded) == OperationStatus.Done && text.SequenceEqual(spelling[..encoded]);
    }

    /// <summary>As the other one, of characters.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> output)
    {
        Span<byte> ascii = stackalloc byte[128];
        return text.Length <= ascii.Length && System.Text.Ascii.FromUtf16(text, ascii, out var length) == OperationStatus.Done
            && TryDecode(ascii[..length], output);
    }
}
