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

    private static Task<Answer> GetAsync(TestGateway gateway, string? key) =>
        gateway.Http.GetAsync(Path, key is null ? [] : [("x-api-key", key)]);
}
