using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>Which vaults there are, by tool and over HTTP.</summary>
public sealed class ListVaultsTests
{
    [Fact]
    public async Task Vaults_are_listed_in_pages_by_the_tool_and_over_http()
    {
        var gateway = await TestGateway.StartAsync(o => o);
        Check(await ListAsync(gateway, "{}"), null);
        foreach (var name in (string[])["team/b", "/app/vault", "team/a"])
            (await gateway.Http.CallAsync("init_vault", $$"""{"vault_path":"{{name}}"}""")).Result["isError"].ShouldBeNull();
        Check(await ListAsync(gateway, "{}"), null, "app/vault", "team/a", "team/b");
        Check(await ListAsync(gateway, """{"limit":2}"""), "team/a", "app/vault", "team/a");
        Check(await ListAsync(gateway, """{"limit":2,"after":"team/a"}"""), null, "team/b");
        Check(await ListAsync(gateway, """{"prefix":"./team/"}"""), null, "team/a", "team/b");
        var http = (await gateway.Http.GetAsync("/api/v1/vaults?prefix=team/&limit=1")).Message;
        ((bool)http["success"]!, (string)http["vaults"]![0]!, (string)http["next"]!, (int)http["count"]!).ShouldBe((true, "team/a", "team/a", 1));
        ((int)(await gateway.Http.GetAsync("/api/v1/vaults")).Message["count"]!).ShouldBe(3);
        await gateway.DisposeAsync();
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=many")]
    [InlineData("after=..")]
    [InlineData("limits=3")]
    public async Task What_cannot_be_listed_is_400_with_a_sentence(string query)
    {
        var gateway = await TestGateway.StartAsync(o => o);
        var answer = await gateway.Http.GetAsync($"/api/v1/vaults?{query}");
        answer.Status.ShouldBe(400);
        ((string)answer.Message["detail"]!).ShouldContain(query.Split('=')[0]);
        await gateway.DisposeAsync();
    }

    private static void Check((string[] Vaults, string? Next) page, string? next, params string[] vaults)
    {
        page.Vaults.ShouldBe(vaults);
        page.Next.ShouldBe(next);
    }

    private static async Task<(string[] Vaults, string? Next)> ListAsync(TestGateway gateway, string arguments)
    {
        var page = (await gateway.Http.CallAsync("list_vaults", arguments)).Result["structuredContent"]!;
        return ([.. page["vaults"]!.AsArray().Select(name => (string)name!)], (string?)page["next"]);
    }
}
