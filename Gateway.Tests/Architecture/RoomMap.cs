using System.Text;
using System.Xml.Linq;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Architecture;

/// <summary>Draws docs/rooms.md: which project names which, and which namespace of the gateway uses which.</summary>
internal static class RoomMap
{
    public const string Page = "docs/rooms.md";

    public static string Draw()
    {
        var text = new StringBuilder("""
            # Rooms

            Drawn from the code by `Gateway.Tests/Architecture/RoomMapTests`, which fails when this page is not what the code says. Draw it again with
            `GRANARY_DRAW_ROOMS=1 dotnet test Gateway.Tests --filter RoomMapTests`. An arrow points from what uses to what is used.

            ## Projects

            """);
        Diagram(text, from project in Rooms.Projects from used in Uses(project) select (project, used));
        text.Append("""

            ## The gateway's namespaces

            Namespaces below `Granary.Gateway`; an arrow that others imply is left out.

            """);
        Diagram(text, Reduce([.. Rooms.Of("Gateway").Arrows.Select(arrow => (Short(arrow.From), Short(arrow.To)))]));
        return text.ToString();
    }

    private static void Diagram(StringBuilder text, IEnumerable<(string From, string To)> arrows)
    {
        text.Append("\n```mermaid\nflowchart TD\n");
        foreach (var (from, to) in arrows.Order())
            text.Append("  ").Append(Node(from)).Append(" --> ").Append(Node(to)).Append('\n');
        text.Append("```\n");
    }

    private static string Node(string name) => $"{name.Replace('.', '_')}[{name}]";

    private static string Short(string room) => room == "Granary.Gateway" ? "Program" : room["Granary.Gateway.".Length..];

    private static IEnumerable<string> Uses(string project) =>
        XDocument.Load(Path.Combine(Checkout.Root, project, $"{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

    /// <summary>Without arrows that a longer way through others stands for: there are no circles.</summary>
    private static IEnumerable<(string From, string To)> Reduce(HashSet<(string From, string To)> arrows) =>
        arrows.Where(arrow => !arrows.Any(first => first.From == arrow.From && first.To != arrow.To && Reached(arrows, first.To).Contains(arrow.To)));

    private static HashSet<string> Reached(HashSet<(string From, string To)> arrows, string from)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>([from]);
        while (next.TryPop(out var room))
        {
            foreach (var (_, to) in arrows.Where(arrow => arrow.From == room))
            {
                if (reached.Add(to))
                    next.Push(to);
            }
        }
        return reached;
    }
}
