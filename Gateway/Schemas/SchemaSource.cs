using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Gateway.Schemas;

/// <summary>One schema object as its keywords read it: each getter checks the keyword's own type, and is null where it is absent.</summary>
internal sealed class SchemaSource(JsonElement schema, string pointer, SchemaCompiler compiler)
{
    /// <summary>Its position.</summary>
    public string Pointer { get; } = pointer;

    /// <summary>The exception for a keyword that is wrong.</summary>
    public JsonSchemaException Wrong(string keyword, string problem) => new($"{Pointer}/{JsonPointer.Escape(keyword)}", problem);

    /// <summary>Whether the keyword is there, and its value.</summary>
    public bool Has(string keyword, out JsonElement value) => schema.TryGetProperty(keyword, out value);

    /// <summary>A whole number from 0.</summary>
    public long? Count(string keyword)
    {
        if (!Has(keyword, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number || JsonNumber.Of(value) is not { IsInteger: true } number || (number.Negative && number.Digits > 0))
            throw Wrong(keyword, "must be a whole number that is not negative");
        // Larger than anything that could be sent is as good as the largest.
        return number.Magnitude > 18 ? long.MaxValue : (long)value.GetDecimal();
    }

    /// <summary>A number.</summary>
    public JsonElement? Number(string keyword) => Typed(keyword, JsonValueKind.Number, "must be a number");

    /// <summary>A string.</summary>
    public string? String(string keyword) => Typed(keyword, JsonValueKind.String, "must be a string")?.GetString();

    /// <summary>A boolean; false where absent.</summary>
    public bool Boolean(string keyword)
    {
        if (!Has(keyword, out var value))
            return false;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(keyword, "must be true or false");
    }

    /// <summary>A list of different strings.</summary>
    public string[]? Strings(string keyword, string otherwise) => Has(keyword, out var value) ? Strings(keyword, value, otherwise) : null;

    /// <summary>Lists of strings by name.</summary>
    public IEnumerable<(string When, string[] Names)> StringsMap(string keyword)
    {
        if (Typed(keyword, JsonValueKind.Object, "must be an object of lists of property names") is not { } map)
            yield break;
        foreach (var entry in map.EnumerateObject())
            yield return (entry.Name, Strings(keyword, entry.Value, "must be an object of lists of property names"));
    }

    /// <summary>A schema.</summary>
    public SchemaNode? Schema(string keyword) =>
        Has(keyword, out var value) ? compiler.Node(value, $"{Pointer}/{JsonPointer.Escape(keyword)}") : null;

    /// <summary>A list of at least one schema.</summary>
    public SchemaNode[]? Schemas(string keyword)
    {
        if (Typed(keyword, JsonValueKind.Array, "must be a list of schemas") is not { } list)
            return null;
        if (list.GetArrayLength() == 0)
            throw Wrong(keyword, "must list at least one schema");
        return [.. list.EnumerateArray().Select((s, i) => compiler.Node(s, $"{Pointer}/{keyword}/{i}"))];
    }

    /// <summary>Schemas by name.</summary>
    public (string Name, SchemaNode Schema)[]? SchemaMap(string keyword) =>
        Typed(keyword, JsonValueKind.Object, "must be an object of schemas") is not { } map ? null
        : [.. map.EnumerateObject().Select(p => (p.Name, compiler.Node(p.Value, $"{Pointer}/{keyword}/{JsonPointer.Escape(p.Name)}")))];

    /// <summary>A regular expression.</summary>
    public Regex Pattern(string keyword, string pattern)
    {
        try
        {
            return EcmaPattern.Compile(pattern);
        }
        catch (FormatException e)
        {
            throw Wrong(keyword, e.Message);
        }
    }

    /// <summary>A reference, to be resolved when all schemas are known.</summary>
    public RefKeyword? Reference(string keyword)
    {
        if (String(keyword) is not { } to)
            return null;
        var reference = new RefKeyword($"{Pointer}/{keyword}", to);
        compiler.ResolveLater(reference);
        return reference;
    }

    /// <summary>The value of a keyword that must be of one kind.</summary>
    public JsonElement? Typed(string keyword, JsonValueKind kind, string otherwise) =>
        !Has(keyword, out var value) ? null : value.ValueKind == kind ? value : throw Wrong(keyword, otherwise);

    private string[] Strings(string keyword, JsonElement value, string otherwise)
    {
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))
            throw Wrong(keyword, otherwise);
        var strings = value.EnumerateArray().Select(v => v.GetString()!).ToArray();
        return strings.Distinct(StringComparer.Ordinal).Count() == strings.Length ? strings : throw Wrong(keyword, "lists a name twice");
    }
}
