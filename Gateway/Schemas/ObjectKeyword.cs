using System.Text;
using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary><c>minProperties</c> and <c>maxProperties</c>.</summary>
internal sealed class PropertyCountKeyword(long min, long max) : Keyword
{
    public static PropertyCountKeyword? Read(SchemaSource source)
    {
        var (min, max) = (source.Count("minProperties"), source.Count("maxProperties"));
        return min is null && max is null ? null : new PropertyCountKeyword(min ?? 0, max ?? long.MaxValue);
    }

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return true;
        var count = value.GetPropertyCount();
        if (count < min)
            return Fail(ref run, $"must have at least {min} {(min == 1 ? "property" : "properties")}, got {count}");
        return count <= max || Fail(ref run, $"must have at most {max} {(max == 1 ? "property" : "properties")}, got {count}");
    }
}

/// <summary><c>propertyNames</c>: a schema for the names, as strings.</summary>
internal sealed class PropertyNamesKeyword(SchemaNode schema) : Keyword
{
    public static PropertyNamesKeyword? Read(SchemaSource source) =>
        source.Schema("propertyNames") is { } schema ? new PropertyNamesKeyword(schema) : null;

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return true;
        var valid = true;
        foreach (var property in value.EnumerateObject())
        {
            var name = JsonSerializer.SerializeToElement(property.Name, SchemaJson.Default.String);
            if (run.TestChild(schema, name))
                continue;
            if (run.Report is null)
                return false;
            valid = false;
            run.Report.AddAbout(property.Name, "is not an allowed property name here");
        }
        return valid;
    }
}

/// <summary>One entry of <c>dependentSchemas</c>: a schema for the object when it has a property.</summary>
internal sealed class DependentSchemaKeyword(string when, SchemaNode schema) : Keyword
{
    private readonly byte[] _when = Encoding.UTF8.GetBytes(when);

    public override IEnumerable<SchemaNode> InPlace => [schema];

    public static IEnumerable<DependentSchemaKeyword> Read(SchemaSource source) =>
        (source.SchemaMap("dependentSchemas") ?? []).Select(d => new DependentSchemaKeyword(d.Name, d.Schema));

    public override bool Check(in JsonElement value, ref Validation run) =>
        value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(_when, out _) || schema.Check(value, ref run);
}
