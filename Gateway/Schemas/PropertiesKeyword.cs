using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Spelling;

namespace Granary.Gateway.Schemas;

/// <summary><c>properties</c>, <c>patternProperties</c> and <c>additionalProperties</c>: together they decide about each property.</summary>
internal sealed class PropertiesKeyword : Keyword
{
    private const int ListedNames = 20;

    private readonly Utf8Names _names;
    private readonly SchemaNode[] _schemas;
    private readonly (Regex Regex, SchemaNode Schema)[] _patterns;
    private readonly SchemaNode? _additional;
    private readonly string[] _knownNames;
    private readonly string _known;

    private PropertiesKeyword(
        (string Name, SchemaNode Schema)[] declared, (Regex Regex, SchemaNode Schema)[] patterns, SchemaNode? additional)
    {
        _names = new Utf8Names([.. declared.Select(d => d.Name)]);
        _schemas = [.. declared.Select(d => d.Schema)];
        (_patterns, _additional) = (patterns, additional);
        var names = _knownNames = [.. declared.Where(d => !d.Schema.IsFalse).Select(d => d.Name)];
        var more = names.Length > ListedNames ? $" and {names.Length - ListedNames} more" : "";
        _known = names.Length == 0 ? "leave it out" : $"known are {string.Join(", ", names.Take(ListedNames))}{more}";
    }

    public static PropertiesKeyword? Read(SchemaSource source)
    {
        var declared = source.SchemaMap("properties");
        var patterns = source.SchemaMap("patternProperties");
        var additional = source.Schema("additionalProperties");
        if (declared is null && patterns is null && additional is null)
            return null;
        var regexes = (patterns ?? []).Select(p => (source.Pattern("patternProperties", p.Name), p.Schema));
        return new PropertiesKeyword(declared ?? [], [.. regexes], additional);
    }

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return true;
        var valid = true;
        var place = 0;
        foreach (var property in value.EnumerateObject())
        {
            if (CheckOne(property, ref run, out var valueIsValid))
                run.Seen?.Mark(place);
            valid &= valueIsValid;
            if (!valid && run.Report is null)
                return false;
            place++;
        }
        return valid;
    }

    // True when some schema here is about the property.
    private bool CheckOne(in JsonProperty property, ref Validation run, out bool valid)
    {
        valid = true;
        var known = _names.IndexOf(Utf8Names.Of(property));
        if (known >= 0)
            valid = run.Property(_schemas[known], property);
        var evaluated = known >= 0;
        foreach (var (regex, schema) in _patterns)
        {
            if (!regex.IsMatch(property.Name))
                continue;
            evaluated = true;
            valid &= run.Property(schema, property);
        }
        if (evaluated || _additional is null)
            return evaluated;
        if (_additional.IsFalse)
        {
            run.Report?.AddAbout(property.Name, Unknown(property.Name));
            valid = false;
        }
        else
        {
            valid = run.Property(_additional, property);
        }
        return true;
    }

    private string Unknown(string name) => NearestName.Of(name, _knownNames) is { } nearest
        ? $"is an unknown property; did you mean '{nearest}'? {char.ToUpperInvariant(_known[0])}{_known[1..]}"
        : $"is an unknown property; {_known}";
}
