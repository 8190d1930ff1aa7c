using System.Text.RegularExpressions;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>docs/observability.md names the measures that the programs make, and no others; so do dashboards and alert rules.</summary>
public sealed partial class MetricsPageTests
{
    private static readonly string[] Programs = ["Gateway", "Silo", "Hosting", "Grains", "Vault.Redis", "Instana", "Tenants"];

    [Fact]
    public void The_page_names_what_is_measured()
    {
        var page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "observability.md"));
        var metrics = page[page.IndexOf("## Metrics", StringComparison.Ordinal)..];
        var rows = metrics.Split('\n').Where(line => line.StartsWith("| `granary.", StringComparison.Ordinal));
        var named = rows.SelectMany(line => Name().Matches(line.Split('|')[1])).Select(match => match.Value);
        named.Order().ShouldBe(Measured().Order());
    }

    private static IEnumerable<string> Measured() => Programs
        .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Checkout.Root, project), "*.cs", SearchOption.AllDirectories))
        .SelectMany(file => Created().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"\.Create(?:Counter|Histogram|UpDownCounter|ObservableGauge)(?:<\w+>)?\(\s*""(granary\.[a-z._]+)""")]
    private static partial Regex Created();

    [GeneratedRegex(@"granary\.[a-z._]+")]
    private static partial Regex Name();
}
