using System.Xml.Linq;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Architecture;

/// <summary>What is searched for by its name is found once.</summary>
public sealed class NameTests
{
    [Fact]
    public void No_file_name_occurs_twice_outside_tests() =>
        Rooms.Projects.SelectMany(project => Directory.GetFiles(Path.Combine(Checkout.Root, project), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .GroupBy(name => name, StringComparer.Ordinal)
            .Where(group => group.Count() > 1 && group.Key != "Program")
            .Select(group => group.Key)
            .ShouldBeEmpty();

    [Fact]
    public void The_version_is_written_in_one_place()
    {
        var version = XDocument.Load(Path.Combine(Checkout.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        Rooms.Projects.SelectMany(project => Directory.GetFiles(Path.Combine(Checkout.Root, project), "*.cs*", SearchOption.AllDirectories))
            .Where(file => File.ReadAllText(file).Contains($"\"{version}\"", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }
}
