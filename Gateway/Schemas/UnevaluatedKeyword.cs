using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>
/// <c>unevaluatedProperties</c> and <c>unevaluatedItems</c>. Always the last of a node, and the node remembers for it what the others
/// looked at.
/// </summary>
internal sealed class UnevaluatedKeyword(SchemaNode? properties, SchemaNode? items) : Keyword
{
    public static UnevaluatedKeyword? Read(SchemaSource source)
    {
        var (properties, items) = (source.Schema("unevaluatedProperties"), source.Schema("unevaluatedItems"));
        return properties is null && items is null ? null : new UnevaluatedKeyword(properties, items);
    }

    public override bool Check(in JsonElement value, ref Validation run) => value.ValueKind switch
    {
        JsonValueKind.Object when properties is not null => CheckProperties(value, ref run),
        JsonValueKind.Array when items is not null => CheckItems(value, ref run),
        _ => true,
    };

    private bool CheckProperties(in JsonElement value, ref Validation run)
    {
        var valid = true;
        var place = 0;
        foreach (var property in value.EnumerateObject())
        {
            if (run.Seen!.Contains(place++))
                continue;
            valid &= run.Property(properties!, property);
            if (!valid && run.Report is null)
                return false;
        }
        run.Seen!.MarkUpTo(place);
        return valid;
    }

    private bool CheckItems(in JsonElement value, ref Validation run)
    {
        var valid = true;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (!run.Seen!.Contains(index))
                valid &= run.Item(items!, item, index);
            if (!valid && run.Report is null)
                return false;
            index++;
        }
        run.Seen!.MarkUpTo(index);
        return valid;
    }
}
