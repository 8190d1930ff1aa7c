using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary><c>minItems</c> and <c>maxItems</c>.</summary>
internal sealed class ItemCountKeyword(long min, long max) : Keyword
{
    public static ItemCountKeyword? Read(SchemaSource source)
    {
        var (min, max) = (source.Count("minItems"), source.Count("maxItems"));
        return min is null && max is null ? null : new ItemCountKeyword(min ?? 0, max ?? long.MaxValue);
    }

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return true;
        var count = value.GetArrayLength();
        if (count < min)
            return Fail(ref run, $"must have at least {min} {(min == 1 ? "item" : "items")}, got {count}");
        return count <= max || Fail(ref run, $"must have at most {max} {(max == 1 ? "item" : "items")}, got {count}");
    }
}

/// <summary><c>uniqueItems</c>; by hash beyond a few items, so that a long list costs linear time.</summary>
internal sealed class UniqueItemsKeyword : Keyword
{
    private const int Few = 8;

    public static UniqueItemsKeyword? Read(SchemaSource source) => source.Boolean("uniqueItems") ? new UniqueItemsKeyword() : null;

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() < 2)
            return true;
        var repeated = value.GetArrayLength() <= Few ? ByPairs(value) : ByHash(value);
        return repeated < 0 || Fail(ref run, $"must not list a value twice; item {repeated} repeats an earlier one");
    }

    private static int ByPairs(in JsonElement value)
    {
        var count = value.GetArrayLength();
        for (var i = 1; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (JsonElement.DeepEquals(value[i], value[j]))
                    return i;
            }
        }
        return -1;
    }

    private static int ByHash(in JsonElement value)
    {
        var seen = new HashSet<JsonElement>(ValueComparer.Instance);
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (!seen.Add(item))
                return index;
            index++;
        }
        return -1;
    }

    private sealed class ValueComparer : IEqualityComparer<JsonElement>
    {
        public static readonly ValueComparer Instance = new();

        public bool Equals(JsonElement x, JsonElement y) => JsonElement.DeepEquals(x, y);

        public int GetHashCode(JsonElement obj) => JsonHash.Of(obj);
    }
}
