using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary><c>enum</c>, and <c>const</c> as an enum of one.</summary>
internal sealed class EnumKeyword : Keyword
{
    private const int ListedValues = 20;
    private const int ListedLength = 60;

    private readonly Utf8Names _strings;
    private readonly JsonElement[] _others;
    private readonly string _sentence;

    private EnumKeyword(JsonElement[] values)
    {
        _strings = new Utf8Names([.. values.Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]);
        _others = [.. values.Where(v => v.ValueKind != JsonValueKind.String)];
        var listed = values.Take(ListedValues).Select(v => v.GetRawText()).Select(t => t.Length > ListedLength ? $"{t[..ListedLength]}…" : t);
        var more = values.Length > ListedValues ? $" and {values.Length - ListedValues} more" : "";
        _sentence = $"must be {(values.Length > 1 ? "one of " : "")}{string.Join(", ", listed)}{more}";
    }

    public override bool SaysAll => true;

    public static EnumKeyword? Read(SchemaSource source)
    {
        if (!source.Has("enum", out var values))
            return null;
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() == 0)
            throw source.Wrong("enum", "must be a list of at least one value");
        return new EnumKeyword([.. values.EnumerateArray()]);
    }

    public static EnumKeyword? ReadConst(SchemaSource source) => source.Has("const", out var value) ? new EnumKeyword([value]) : null;

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind == JsonValueKind.String)
            return _strings.IndexOf(Utf8Names.Of(value)) >= 0 || Fail(ref run, _sentence);
        foreach (var other in _others)
        {
            if (JsonElement.DeepEquals(other, value))
                return true;
        }
        return Fail(ref run, _sentence);
    }
}
