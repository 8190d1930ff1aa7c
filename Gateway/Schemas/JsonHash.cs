using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>A hash under which values that JSON Schema calls equal are equal: 1 and 1.0, objects in any order.</summary>
internal static class JsonHash
{
    public static int Of(in JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.GetHashCode(StringComparison.Ordinal),
        JsonValueKind.Number => JsonNumber.Of(value).ValueHash(),
        JsonValueKind.Array => OfArray(value),
        JsonValueKind.Object => OfObject(value),
        _ => (int)value.ValueKind,
    };

    private static int OfArray(in JsonElement value)
    {
        var hash = new HashCode();
        foreach (var item in value.EnumerateArray())
            hash.Add(Of(item));
        return hash.ToHashCode();
    }

    private static int OfObject(in JsonElement value)
    {
        var sum = 0;
        foreach (var property in value.EnumerateObject())
            sum = unchecked(sum + HashCode.Combine(property.Name, Of(property.Value)));
        return sum;
    }
}
