using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Tools.Instana;

/// <summary><c>instana://</c> resources, read with the caller's credential.</summary>
public sealed class InstanaResourceTests
{
    [Theory]
    [InlineData("instana://catalog/application-metrics", "calls", 1_800_000)]
    [InlineData("instana://application/app-robot", "svc-cart", 30_000)]
    [InlineData("instana://service/svc-cart", "ep-cart", 30_000)]
    [InlineData("instana://topology", "svc-cart", 30_000)]
    [InlineData("instana://topology?application_id=app-payments", "svc-pay", 30_000)]
    public async Task A_resource_says_how_long_it_lasts(string uri, string part, int ttl)
    {
        await using var backend = await Backend.StartAsync();
        var answer = await ReadAsync(backend, uri, Backend.Token);
        ((string)answer.Result["contents"]![0]!["text"]!).ShouldContain(part);
        ((int)answer.Result["ttlMs"]!).ShouldBe(ttl);
        ((string)answer.Result["cacheScope"]!).ShouldBe("private");
        backend.Simulator.Violations.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_map_of_an_application_has_its_services_only()
    {
        await using var backend = await Backend.StartAsync();
        var all = await LabelsAsync(backend, "instana://topology");
        var some = await LabelsAsync(backend, "instana://topology?application_id=app-payments");
        some.Count.ShouldBeInRange(1, all.Count - 1);
        some.Except(all).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_refused_is_not_kept()
    {
        await using var backend = await Backend.StartAsync();
        var answer = await ReadAsync(backend, "instana://topology", "another-token");
        ((int)answer.Result["ttlMs"]!).ShouldBe(0);
        ((string)answer.Result["contents"]![0]!["text"]!).ShouldContain("401");
    }

    private static async Task<List<string>> LabelsAsync(Backend backend, string uri)
    {
        var answer = await ReadAsync(backend, uri, Backend.Token);
        var text = JsonNode.Parse((string)answer.Result["contents"]![0]!["text"]!)!;
        return [.. text["results"]!["services"]!.AsArray().Select(service => (string)service!["label"]!)];
    }

    private static async Task<Answer> ReadAsync(Backend backend, string uri, string token)
    {
        using var http = new McpHttp(backend.Gateway.Client.Root);
        foreach (var (name, value) in backend.Headers(token))
            http.Always[name] = value;
        return await http.PostAsync(McpRequest.Modern("resources/read", new JsonObject { ["uri"] = uri }.ToJsonString()));
    }
}
