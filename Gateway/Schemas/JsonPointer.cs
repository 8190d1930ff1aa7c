using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>JSON pointers (RFC 6901) as URI fragments.</summary>
internal static class JsonPointer
{
    /// <summary>A name as one part of a pointer.</summary>
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>
    /// Follows the part of a fragment after <c>#</c>. The result's pointer is spelled as the compiler spells it, so that one place has
    /// one name.
    /// </summary>
    public static (JsonElement Element, string Pointer)? Follow(JsonElement root, string fragment)
    {
        var pointer = "#";
        foreach (var part in Uri.UnescapeDataString(fragment).Split('/').Skip(1))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var property))
                root = property;
            else if (root.ValueKind == JsonValueKind.Array && int.TryParse(name, out var index) && index >= 0 && index < root.GetArrayLength())
                root = root[index];
            else
                return null;
            pointer += $"/{Escape(name)}";
        }
        return (root, pointer);
    }
}
