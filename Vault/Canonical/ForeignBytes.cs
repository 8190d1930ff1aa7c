namespace Granary.Vault.Canonical;

/// <summary>Names what is given by mistake where JSON in UTF-8 is needed, by how it starts.</summary>
internal static class ForeignBytes
{
    /// <summary>What it is and what to do, or null where it is not known.</summary>
    public static string? Name(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x1f, 0x8b, ..] => Packed("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Packed("zstd"),
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => Packed("xz"),
        [(byte)'B', (byte)'Z', (byte)'h', ..] => Packed("bzip2"),
        [(byte)'P', (byte)'K', 3, 4, ..] => "It is a zip archive, and JSON is needed: unpack it first",
        [0xff, 0xfe, ..] or [0xfe, 0xff, ..] => "The text is UTF-16, and UTF-8 is needed: save it as UTF-8",
        _ => null,
    };

    private static string Packed(string format) => $"It is compressed with {format}, and JSON is needed: unpack it first";
}
