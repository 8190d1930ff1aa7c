using System.Text.RegularExpressions;
using Granary.Gateway.Tests.Support;
using Granary.Hosting.Configuration;

namespace Granary.Gateway.Tests.Configuration;

/// <summary>docs/configuration.md names the settings that the programs read, and no others.</summary>
public sealed partial class SettingsPageTests
{
    private static readonly string[] Programs = ["Gateway", "Silo", "Hosting", "Grains", "Vault.Redis", "Instana", "Tenants"];

    [Fact]
    public void The_page_names_what_is_read()
    {
        var root = Checkout.Root;
        var read = Programs.SelectMany(project => Directory.EnumerateFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Quoted().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();
        var named = Named().Matches(File.ReadAllText(Path.Combine(root, "docs", "configuration.md"))).Select(match => match.Value).ToHashSet();
        read.Count.ShouldBeGreaterThan(30);
        read.Except(named).Order().ShouldBeEmpty("settings that the page does not name");
        named.Except(read).Order().ShouldBeEmpty("settings that no program reads");
        UnknownSettings.Known.Order(StringComparer.Ordinal).ShouldBe(read.Order(StringComparer.Ordinal), "what is warned of is what is not read");
    }

    [GeneratedRegex("\"((?:GRANARY|INSTANA|PROVARA)_[A-Z0-9_]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("(?:GRANARY|INSTANA|PROVARA)_[A-Z0-9_]+")]
    private static partial Regex Named();
}
