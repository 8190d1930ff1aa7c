using System.Text.RegularExpressions;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Architecture;

/// <summary>The namespaces of a project and what they use of each other, read from the source.</summary>
internal sealed partial class Rooms
{
    private readonly string _root;
    private readonly Dictionary<string, HashSet<string>> _declared = new(StringComparer.Ordinal);
    private readonly List<(string File, string Room, string Body, string[] Usings)> _files = [];

    private Rooms(string project)
    {
        _root = $"Granary.{project}";
        var folder = Path.Combine(Checkout.Root, project);
        foreach (var file in Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories))
            Add(Path.GetRelativePath(folder, file), File.ReadAllText(file));
        Arrows = [.. _files.SelectMany(ArrowsOf).DistinctBy(arrow => (arrow.From, arrow.To))];
    }

    /// <summary>Which namespace uses which, and one file that does.</summary>
    public IReadOnlyList<Arrow> Arrows { get; }

    /// <summary>The projects of this repository that are not tests.</summary>
    public static IEnumerable<string> Projects => Directory.GetDirectories(Checkout.Root).Select(folder => Path.GetFileName(folder))
        .Where(name => !name.EndsWith(".Tests", StringComparison.Ordinal) && File.Exists(Path.Combine(Checkout.Root, name, $"{name}.csproj")))
        .Order(StringComparer.Ordinal);

    public static Rooms Of(string project) => new(project);

    /// <summary>
    /// The arrows that are part of circles, or lie between two circles. An arrow to a room from which none goes on, or from a room into
    /// which none comes, is in no circle; once those are removed, again and again, circles are what is left.
    /// </summary>
    public IReadOnlyList<Arrow> Circles()
    {
        var arrows = Arrows.ToList();
        while (arrows.RemoveAll(arrow => !arrows.Exists(next => next.From == arrow.To) || !arrows.Exists(before => before.To == arrow.From)) > 0)
        {
        }
        return arrows;
    }

    private void Add(string file, string text)
    {
        var code = Text().Replace(text, "\"\"");
        var room = Namespace().Match(code) is { Success: true } match ? match.Groups[1].Value : _root;
        foreach (var name in Declaration().Matches(code).Select(match => match.Groups[1].Value))
        {
            if (!_declared.TryGetValue(name, out var rooms))
                _declared[name] = rooms = [];
            rooms.Add(room);
        }
        var usings = Using().Matches(code).Select(match => match.Groups[1].Value).ToArray();
        _files.Add((file, room, Namespace().Replace(Using().Replace(code, ""), ""), usings));
    }

    private IEnumerable<Arrow> ArrowsOf((string File, string Room, string Body, string[] Usings) file)
    {
        var rooms = _files.Select(other => other.Room).ToHashSet();
        var around = Around(file.Room).ToList();
        // A type of a room around this one needs no 'using'.
        var seen = from name in Word().Matches(file.Body).Select(match => match.Value).Distinct()
                   where _declared.TryGetValue(name, out var homes) && !homes.Contains(file.Room)
                   from room in around
                   where _declared[name].Contains(room)
                   select room;
        // A name can be qualified, wholly or from a room around this one.
        var qualified = from name in Qualified().Matches(file.Body).Select(match => match.Value.Split('.')).DistinctBy(parts => string.Join('.', parts))
                        from start in (string[])["", file.Room + ".", .. around.Select(room => room + ".")]
                        from length in Enumerable.Range(1, name.Length - 1)
                        let room = start + string.Join('.', name[..length])
                        where rooms.Contains(room) && _declared.TryGetValue(name[length], out var homes) && homes.Contains(room)
                        select room;
        // 'using static' and an alias name a type, whose room is before the last dot.
        var used = file.Usings.Select(name => rooms.Contains(name) ? name : name[..Math.Max(name.LastIndexOf('.'), 0)]).Where(rooms.Contains);
        return seen.Concat(qualified).Concat(used).Where(room => room != file.Room).Distinct().Select(room => new Arrow(file.Room, room, file.File));
    }

    private static IEnumerable<string> Around(string room)
    {
        for (var end = room.LastIndexOf('.'); end > 0; end = room.LastIndexOf('.', end - 1))
            yield return room[..end];
    }

    [GeneratedRegex("""//.*|"(\\.|[^"\\\n])*"|(?<q>"{3,})[\s\S]*?\k<q>""")]
    private static partial Regex Text();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:global )?using (?:static |\w+ = )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"^(?:\w+ )*(?:class|struct|interface|enum|record(?: struct| class)?|delegate [\w<>\[\]?,]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![\w.])\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<![\w.])\w+(?:\.\w+)+")]
    private static partial Regex Qualified();
}

/// <summary>One namespace uses another.</summary>
/// <param name="From">The one that uses.</param>
/// <param name="To">The one that is used.</param>
/// <param name="File">Where.</param>
internal sealed record Arrow(string From, string To, string File);
