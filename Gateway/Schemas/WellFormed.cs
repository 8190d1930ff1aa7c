using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Granary.Gateway.Schemas;

/// <summary>
/// What no schema can say about a value and every reader relies on: bounded depth, no name twice in an object, and text that is
/// Unicode. The parser checks none of the last two.
/// </summary>
internal static class WellFormed
{
    private const int MaxDepth = 64;
    private const int FewProperties = 12;

    /// <summary>
    /// Without a report: whether the value is well formed. With one: says why not, and is whether a schema can be asked all the same,
    /// which a name twice does not prevent.
    /// </summary>
    public static bool Check(in JsonElement value, ProblemReport? report, int depth = 0)
    {
        if (depth > MaxDepth)
            return Fail(report, $"is nested deeper than {MaxDepth} levels; send a flatter value");
        return value.ValueKind switch
        {
            JsonValueKind.Object => CheckObject(value, report, depth),
            JsonValueKind.Array => CheckArray(value, report, depth),
            JsonValueKind.String => IsUnicode(value) || Fail(report, "is not valid Unicode text; send well-formed UTF-8"),
            JsonValueKind.Undefined => Fail(report, "is missing"),
            _ => true,
        };
    }

    private static bool CheckArray(in JsonElement value, ProblemReport? report, int depth)
    {
        var valid = true;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var mark = report?.Push(index) ?? 0;
            valid &= Check(item, report, depth + 1);
            report?.Pop(mark);
            index++;
            if (!valid && report is null)
                return false;
        }
        return valid;
    }

    private static bool CheckObject(in JsonElement value, ProblemReport? report, int depth)
    {
        var valid = true;
        // Comparing bytes pair by pair is quicker than a set for a few names and needs no memory.
        var names = value.GetPropertyCount() > FewProperties || report is not null ? new HashSet<string>(StringComparer.Ordinal) : null;
        var index = 0;
        foreach (var property in value.EnumerateObject())
        {
            if (!TryName(property, out var escaped))
                return Fail(report, "has a property whose name is not valid Unicode text; send well-formed UTF-8");
            if (names is not null ? !names.Add(property.Name) : Repeats(value, property, index, escaped))
            {
                valid &= report is not null;
                report?.AddAbout(property.Name, "appears more than once in its object; send it once");
            }
            var mark = report?.Push(property.Name) ?? 0;
            valid &= Check(property.Value, report, depth + 1);
            report?.Pop(mark);
            index++;
            if (!valid && report is null)
                return false;
        }
        return valid;
    }

    private static bool Repeats(in JsonElement value, in JsonProperty property, int index, bool escaped)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(property);
        foreach (var earlier in value.EnumerateObject())
        {
            if (index-- == 0)
                return false;
            // NameEquals undoes the escapes of the earlier name; those of this one it is given undone.
            if (escaped ? earlier.NameEquals(property.Name) : earlier.NameEquals(name))
                return true;
        }
        return false;
    }

    private static bool TryName(in JsonProperty property, out bool escaped)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        escaped = raw.Contains((byte)'\\');
        try
        {
            return Utf8.IsValid(raw) && (!escaped || property.Name.Length >= 0);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsUnicode(in JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        if (!Utf8.IsValid(raw))
            return false;
        if (!raw.Contains((byte)'\\'))
            return true;
        try
        {
            // The only way to ask: half a surrogate pair in \uXXXX throws.
            return text.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Fail(ProblemReport? report, string problem)
    {
        report?.Add(problem);
        return false;
    }
}
