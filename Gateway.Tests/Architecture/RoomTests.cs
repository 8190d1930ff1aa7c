using System.Text.RegularExpressions;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Architecture;

/// <summary>The folders of a project are rooms, and dependencies between them point one way. Between projects the compiler sees to that.</summary>
public sealed class RoomTests
{
    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Checkout.Root).Select(folder => Path.GetFileName(folder))
        .Where(name => !name.EndsWith(".Tests", StringComparison.Ordinal) && File.Exists(Path.Combine(Checkout.Root, name, $"{name}.csproj")))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Rooms_depend_one_way(string project)
    {
        var arrows = Arrows(project);
        // An arrow to where none goes on, or from where none comes in, is in no circle; what is left is circles, and the ways between them.
        while (arrows.RemoveAll(arrow => !arrows.Exists(next => next.From == arrow.To) || !arrows.Exists(before => before.To == arrow.From)) > 0)
        {
        }
        arrows.Select(arrow => $"{arrow.From} -> {arrow.To} ({arrow.File})").ShouldBeEmpty();
    }

    [Fact]
    public void Rooms_are_found() => Arrows("Gateway").ShouldContain(arrow => arrow.From == "Tools" && arrow.To == "Invocation");

    private static List<(string From, string To, string File)> Arrows(string project)
    {
        var root = Path.Combine(Checkout.Root, project);
        var named = new Regex($@"\bGranary\.{project}\.(\w+)");
        var arrows = from room in Directory.GetDirectories(root).Select(folder => Path.GetFileName(folder))
                     from file in Directory.GetFiles(Path.Combine(root, room), "*.cs", SearchOption.AllDirectories)
                     from to in named.Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Distinct()
                     where to != room && Directory.Exists(Path.Combine(root, to))
                     select (From: room, To: to, File: Path.GetRelativePath(root, file));
        return [.. arrows.DistinctBy(arrow => (arrow.From, arrow.To))];
    }
}
