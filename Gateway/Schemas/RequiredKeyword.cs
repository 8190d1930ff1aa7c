using System.Text;
using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary><c>required</c>, and each list of <c>dependentRequired</c>.</summary>
internal sealed class RequiredKeyword(string[] names, string? when) : Keyword
{
    private readonly byte[][] _names = [.. names.Select(Encoding.UTF8.GetBytes)];
    private readonly byte[]? _when = when is null ? null : Encoding.UTF8.GetBytes(when);

    public static RequiredKeyword? Read(SchemaSource source) =>
        source.Strings("required", "must be a list of property names") is { } names ? new RequiredKeyword(names, null) : null;

    public static IEnumerable<RequiredKeyword> ReadDependent(SchemaSource source) =>
        source.StringsMap("dependentRequired").Select(d => new RequiredKeyword(d.Names, d.When));

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind != JsonValueKind.Object || (_when is not null && !value.TryGetProperty(_when, out _)))
            return true;
        var valid = true;
        for (var i = 0; i < _names.Length; i++)
        {
            if (value.TryGetProperty(_names[i], out _))
                continue;
            if (run.Report is null)
                return false;
            valid = false;
            run.Report.AddAbout(names[i], when is null ? "is required" : $"is required when {when} is given");
        }
        return valid;
    }
}
