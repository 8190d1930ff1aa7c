using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>Pages of a list. A cursor says where the next page starts and is opaque to clients; one we did not make is refused (rule X4).</summary>
internal static class Pages
{
    public const int Size = 250;

    /// <summary>The cursor of a request's params, or null for the first page.</summary>
    /// <exception cref="RpcException">It is no text, or a member's name is a slip in <c>cursor</c>.</exception>
    public static string? Cursor(Envelope envelope)
    {
        envelope.RefuseMisspelledCursor();
        if (!envelope.Cursor.IsPresent)
            return null;
        using var cursor = envelope.Parse(envelope.Cursor);
        return cursor.RootElement.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => cursor.RootElement.GetString(),
            _ => throw RpcException.InvalidCursor(),
        };
    }

    /// <summary>One page, and the cursor of the next where there is one.</summary>
    public static (List<T> Items, string? Next) Take<T>(IReadOnlyList<T> all, string? cursor, int size = Size)
    {
        var start = cursor is null ? 0 : Read(cursor);
        if (start < 0 || (start > 0 && start >= all.Count))
            throw RpcException.InvalidCursor();
        var items = all.Skip(start).Take(size).ToList();
        var next = start + items.Count;
        return (items, next < all.Count ? Write(next) : null);
    }

    private static string Write(int start) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"p{start}")));

    private static int Read(string cursor)
    {
        if (cursor.Length > 32 || !Base64Url.IsValid(cursor))
            return -1;
        var text = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor));
        return text.StartsWith('p') && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var start) && start > 0 ? start : -1;
    }
}
