using System.Text.RegularExpressions;

namespace Granary.Simulator.Contract;

/// <summary>
/// A path with variables. Matrix parameters (RFC 6570's <c>{;id}</c>) belong to a segment: <c>/session;id=7;timestamp=9</c>. The vendor's
/// document writes them as <c>session{id}{timestamp}</c> or <c>applications;id=&lt;appId&gt;</c>, and leaves them out in one path that takes them.
/// </summary>
internal sealed partial class PathTemplate
{
    private static readonly HashSet<string> TakesId = ["applications", "services", "endpoints"];

    private readonly Segment[] _segments;

    public PathTemplate(string template)
    {
        var parts = template.Trim('/').Split('/');
        var hasMatrix = template.StartsWith("/api/application-monitoring/applications", StringComparison.Ordinal);
        _segments = [.. parts.Select(part => Read(part, hasMatrix))];
        Shape = "/" + string.Join('/', _segments.Select(segment => segment.Variable is null ? segment.Fixed : "{}"));
        Variables = _segments.Count(segment => segment.Variable is not null);
    }

    /// <summary>The path with its variables unnamed.</summary>
    public string Shape { get; }

    /// <summary>How many segments may be anything: of two paths that match, the one with fewer is meant.</summary>
    public int Variables { get; }

    /// <returns>The variables' values, matrix parameters as <c>segment.name</c>; null where the path is another.</returns>
    public Dictionary<string, string>? Match(string path)
    {
        var parts = path.Trim('/').Split('/');
        if (parts.Length != _segments.Length)
            return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < parts.Length; i++)
        {
            var (segment, pieces) = (_segments[i], parts[i].Split(';'));
            if (segment.Variable is { } variable)
                values[variable] = Uri.UnescapeDataString(parts[i]);
            else if (pieces[0] != segment.Fixed || !ReadMatrix(segment, pieces, values))
                return null;
            if (segment.Variable is not null && parts[i].Length == 0)
                return null;
        }
        return values;
    }

    private static bool ReadMatrix(Segment segment, string[] pieces, Dictionary<string, string> values)
    {
        foreach (var piece in pieces.Skip(1))
        {
            var pair = piece.Split('=', 2);
            if (!segment.Matrix.Contains(pair[0]))
                return false;
            if (pair.Length == 2 && pair[1].Length > 0)
                values[segment.Fixed + "." + pair[0]] = Uri.UnescapeDataString(pair[1]);
        }
        return segment.Optional || segment.Matrix.All(name => values.ContainsKey(segment.Fixed + "." + name));
    }

    private static Segment Read(string part, bool hasMatrix)
    {
        if (part.StartsWith('{'))
            return new Segment("", part.Trim('{', '}'), [], true);
        var name = part.Split('{', ';')[0];
        string[] matrix = [.. Matrix().Matches(part[name.Length..]).Select(match => match.Groups[1].Value)];
        var takesId = hasMatrix && TakesId.Contains(name);
        return new Segment(name, null, takesId ? ["id"] : matrix, takesId || matrix.Length == 0);
    }

    [GeneratedRegex(@"[{;]([A-Za-z]+)")]
    private static partial Regex Matrix();

    private sealed record Segment(string Fixed, string? Variable, IReadOnlyList<string> Matrix, bool Optional);
}
