using System.Text;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Api;

/// <summary>Who may use the API, and how much at once.</summary>
public sealed class VaultApiAccessTests
{
    private const string Path = "/api/v1/vaults/0b9bd0c7-6f0e-4a9c-9d59-1f2f5f6c7a11";

    [Fact]
    public async Task It_takes_a_key_with_the_scope()
    {
        var folder = Directory.CreateTempSubdirectory("granary-api-");
        var file = System.IO.Path.Combine(folder.FullName, "keys.json");
        var (reader, other) = (Keys.Add(file, "acme", "vault:read"), Keys.Add(file, "acme", "instana:read"));
        var gateway = await TestGateway.StartAsync(o => o with { ApiKeyFile = file });
        (await GetAsync(gateway, null)).Status.ShouldBe(401);
        (await GetAsync(gateway, null)).Header("WWW-Authenticate").ShouldNotBeNull();
        (await GetAsync(gateway, "grk_no.key")).Status.ShouldBe(401);
        (await GetAsync(gateway, other)).Status.ShouldBe(403);
        (await GetAsync(gateway, reader)).Status.ShouldBe(404);
        using var post = gateway.Http.Request(HttpMethod.Post, "/api/v1/vaults/create", ("x-api-key", reader));
        post.Content = new StringContent("""{"name":"n"}""", Encoding.UTF8, "application/json");
        (await gateway.Http.SendAsync(post)).Status.ShouldBe(403);
        await gateway.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_it_makes_is_a_real_vault_that_the_tools_serve_too()
    {
        var gateway = await TestGateway.StartAsync(o => o);
        var id = (string)(await PostAsync(gateway, "create", """{"name":"Ledger"}"""))["vault_id"]!;
        var appended = await PostAsync(gateway, $"{id}/events", """{"subject":"door","predicate":"is","value":"open"}""");
        var verified = (await gateway.Http.GetAsync($"/api/v1/vaults/{id}/verify")).Message;
        ((string)verified["status"]!, (int)verified["event_count"]!, (string)verified["head"]!).ShouldBe(("valid", 4, (string)appended["event_hash"]!));
        var described = (await gateway.Http.GetAsync($"/api/v1/vaults/{id}")).Message;
        ((string)described["name"]!, (string)described["format"]!, (int)described["event_count"]!).ShouldBe(("Ledger", "backpack", 4));
        var beliefs = await gateway.Http.CallAsync("get_beliefs", $$"""{"vault_path":"{{id}}","namespace":"local"}""");
        ((string)beliefs.Result["structuredContent"]!["beliefs"]!["door:is"]!["value"]!).ShouldBe("open");
        (await gateway.Http.GetAsync("/api/v1/vaults/0b9bd0c7-6f0e-4a9c-9d59-1f2f5f6c7a11/verify")).Status.ShouldBe(404);
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task It_goes_with_the_category_of_the_vault_tools()
    {
        var gateway = await TestGateway.StartAsync(o => o with { Tools = ["events"] });
        (await GetAsync(gateway, null)).Text.ShouldBe("""{"error":"not_found"}""");
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_tenant_over_its_bound_is_told_when_to_come_back()
    {
        var gateway = await TestGateway.StartAsync(o => o with { MaxCallsPerTenant = 1 });
        var signals = Plugins.Signals.Make();
        var waiting = gateway.Http.CallAsync("t_wait", signals.Argument);
        await signals.Started.Task;
        var refused = await GetAsync(gateway, null);
        (refused.Status, refused.Header("Retry-After")).ShouldBe((429, "1"));
        signals.Go.SetResult();
        (await waiting).ShouldSucceed();
        await gateway.DisposeAsync();
    }

    private static async Task<System.Text.Json.Nodes.JsonObject> PostAsync(TestGateway gateway, string path, string body)
    {
        using var request = gateway.Http.Request(HttpMethod.Post, $"/api/v1/vaults/{path}");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await gateway.Http.SendAsync(request);
        answer.Status.ShouldBeInRange(200, 201, answer.Text);
        return answer.Message;
    }

    private static Task<Answer> GetAsync(TestGateway gateway, string? key) =>
        gateway.Http.GetAsync(Path, key is null ? [] : [("x-api-key", key)]);
}
