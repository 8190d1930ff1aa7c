using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Granary.Gateway.Resources;

/// <summary>Where a page of <c>resources/list</c> begins: which family, and where in it. Opaque to clients.</summary>
/// <param name="Family">The family's place among those that are listed.</param>
/// <param name="After">See <see cref="ResourcePage.Next"/>; null for the family's beginning.</param>
internal readonly record struct ResourceCursor(int Family, string? After)
{
    private const int MaxLength = 1024;

    public string Write() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"r{Family}:{After}")));

    /// <summary>False for what no server of this kind wrote.</summary>
    public static bool TryRead(string text, out ResourceCursor cursor)
    {
        cursor = default;
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
            return false;
        var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        var colon = plain.IndexOf(':', StringComparison.Ordinal);
        if (colon < 2 || plain[0] != 'r' || !int.TryParse(plain.AsSpan(1, colon - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var family))
            return false;
        cursor = new ResourceCursor(family, colon + 1 < plain.Length ? plain[(colon + 1)..] : null);
        return true;
    }
}
