using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary><c>prefixItems</c> and <c>items</c>.</summary>
internal sealed class ItemsKeyword(SchemaNode[] prefix, SchemaNode? rest) : Keyword
{
    public static ItemsKeyword? Read(SchemaSource source)
    {
        if (source.Has("items", out var items) && items.ValueKind == JsonValueKind.Array)
            throw source.Wrong("items", "must be a schema; a list of schemas is called prefixItems in draft 2020-12");
        var (prefix, rest) = (source.Schemas("prefixItems"), source.Schema("items"));
        return prefix is null && rest is null ? null : new ItemsKeyword(prefix ?? [], rest);
    }

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return true;
        var valid = true;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (index >= prefix.Length && (rest is null || rest.IsFalse))
                break;
            valid &= run.Item(index < prefix.Length ? prefix[index] : rest!, item, index);
            if (!valid && run.Report is null)
                return false;
            index++;
        }
        if (rest is { IsFalse: true } && value.GetArrayLength() > prefix.Length)
            valid = Fail(ref run, $"must have at most {prefix.Length} items, got {value.GetArrayLength()}");
        run.Seen?.MarkUpTo(rest is null ? Math.Min(prefix.Length, value.GetArrayLength()) : value.GetArrayLength());
        return valid;
    }
}

/// <summary><c>contains</c> with <c>minContains</c> and <c>maxContains</c>.</summary>
internal sealed class ContainsKeyword(SchemaNode schema, long min, long max) : Keyword
{
    public static ContainsKeyword? Read(SchemaSource source)
    {
        var (min, max) = (source.Count("minContains"), source.Count("maxContains"));
        return source.Schema("contains") is { } schema ? new ContainsKeyword(schema, min ?? 1, max ?? long.MaxValue) : null;
    }

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return true;
        var (index, count) = (0, 0L);
        foreach (var item in value.EnumerateArray())
        {
            if (run.TestChild(schema, item))
            {
                count++;
                run.Seen?.Mark(index);
            }
            index++;
        }
        if (count < min)
            return Fail(ref run, $"must contain at least {min} matching {(min == 1 ? "item" : "items")}, got {count}");
        return count <= max || Fail(ref run, $"must contain at most {max} matching {(max == 1 ? "item" : "items")}, got {count}");
    }
}
