using System.Globalization;
using System.Text;

namespace Granary.Vault.Storage;

/// <summary>Documents beside a vault as they are stored: a line with the rank, empty where there is none, then the content.</summary>
internal static class Ranked
{
    public static byte[] Write(ReadOnlyMemory<byte> content, long? rank)
    {
        var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{rank}\n"));
        return [.. line, .. content.Span];
    }

    public static ReadOnlyMemory<byte>? Content(ReadOnlyMemory<byte>? stored) =>
        stored is { } found && found.Span.IndexOf((byte)'\n') is var end and >= 0 ? (ReadOnlyMemory<byte>?)found[(end + 1)..] : null;

    /// <summary>The rank; null where there is none.</summary>
    public static long? Rank(ReadOnlyMemory<byte>? stored) =>
        stored is { } found && found.Span.IndexOf((byte)'\n') is var end and > 0
        && long.TryParse(found.Span[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var rank) ? rank : null;
}
