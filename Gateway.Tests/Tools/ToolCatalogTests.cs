using System.Text.Json.Nodes;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tools;

namespace Granary.Gateway.Tests.Tools;

public sealed class ToolCatalogTests
{
    [Fact]
    public void What_a_tool_says_in_meta_stays_and_changes_no_hash()
    {
        var (plain, described) = (new EchoTool(), new EchoTool());
        described.Definition.Meta = new JsonObject { ["ui/resourceUri"] = "ui://echo" };
        var hash = HashOf(plain);
        HashOf(described).ShouldBe(hash);
        ((string?)described.Definition.Meta["ui/resourceUri"]).ShouldBe("ui://echo");
        // The same tool in a second catalog: what was made for the first is no part of it.
        HashOf(described).ShouldBe(hash);
        new ToolCatalog([described], new GatewayOptions()).Definitions.ShouldHaveSingleItem().Meta!.Count.ShouldBe(2);
    }

    private static string HashOf(EchoTool tool) => new ToolCatalog([tool], new GatewayOptions()).Digests.ShouldHaveSingleItem().Digest;
}
