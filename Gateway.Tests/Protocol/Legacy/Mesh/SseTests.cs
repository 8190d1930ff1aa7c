using System.Text;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Legacy.Mesh;

/// <summary>HTTP+SSE of 2024-11-05, where the stream is on one gateway and what is posted arrives at another.</summary>
public sealed class SseTests
{
    private const string Initialize = """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{"elicitation":{}},"clientInfo":{"name":"x","version":"1"}}}""";

    [Fact]
    public async Task Posts_through_any_gateway_are_answered_on_the_stream()
    {
        await using var replicas = await Replicas.StartAsync(3);
        await replicas.CreateVaultAsync("notes");
        using var stream = await replicas[0].Http.ListenAsync("/sse");
        var address = (await stream.NextAsync())!.Data;
        address.ShouldMatch("^/message\\?session_id=[A-Za-z0-9_-]{60,512}$");
        (await PostAsync(replicas[1], address, Initialize)).ShouldBe((202, ""));
        ((int)(await stream.MessageAsync())["id"]!).ShouldBe(0);
        (await PostAsync(replicas[2], address, """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t_ask"}}""")).Status.ShouldBe(202);
        var asked = await stream.MessageAsync();
        await PostAsync(replicas[1], address, $$$"""{"jsonrpc":"2.0","id":{{{asked["id"]!.ToJsonString()}}},"result":{"name":"Ada"}}""");
        (await stream.MessageAsync()).ToJsonString().ShouldContain("Ada");
        await PostAsync(replicas[1], address, """{"jsonrpc":"2.0","id":2,"method":"resources/subscribe","params":{"uri":"vault://notes/head"}}""");
        ((int)(await stream.MessageAsync())["id"]!).ShouldBe(2);
        await replicas.AppendAsync(2, "notes");
        ((string)(await stream.MessageAsync())["params"]!["uri"]!).ShouldBe("vault://notes/head");
    }

    [Fact]
    public async Task What_cannot_be_delivered_is_refused_as_on_one_gateway()
    {
        await using var replicas = await Replicas.StartAsync();
        string address;
        using (var stream = await replicas[0].Http.ListenAsync("/sse"))
        {
            address = (await stream.NextAsync())!.Data;
            (await PostAsync(replicas[1], address, "{")).ShouldBe((400, """{"error":"invalid_request"}"""));
            (await PostAsync(replicas[1], address + "x", Initialize)).ShouldBe((404, """{"error":"session_not_found"}"""));
            (await PostAsync(replicas[1], "/message?session_id=9b3c1f4e-0000-0000-0000-000000000000", Initialize)).Status.ShouldBe(404);
        }
        await Guard.UntilAsync(() => PostAsync(replicas[1], address, Initialize).GetAwaiter().GetResult().Status == 404, "the stream is gone");
        await replicas.StopAsync(0);
        (await PostAsync(replicas[0], address, Initialize)).ShouldBe((404, """{"error":"session_not_found"}"""));
        using var own = await replicas[0].Http.ListenAsync("/sse");
        address = (await own.NextAsync())!.Data;
        replicas.Redis.Kill();
        (await PostAsync(replicas[0], address, Initialize)).Status.ShouldBe(202);
    }

    [Fact]
    public async Task A_gateway_that_cannot_reach_the_other_says_so()
    {
        await using var replicas = await Replicas.StartAsync();
        using var stream = await replicas[0].Http.ListenAsync("/sse");
        var address = (await stream.NextAsync())!.Data;
        replicas.Redis.Kill();
        (await PostAsync(replicas[1], address, Initialize)).ShouldBe((503, """{"error":"session_unreachable"}"""));
    }

    [Fact]
    public async Task Only_its_own_caller_posts_to_a_stream()
    {
        var folder = Directory.CreateTempSubdirectory("granary-sse-keys-");
        var file = Path.Combine(folder.FullName, "keys.json");
        var (owner, other) = (Keys.Add(file, "acme", "*"), Keys.Add(file, "acme", "*"));
        await using (var replicas = await Replicas.StartAsync(2, o => o with { ApiKeyFile = file }))
        {
            replicas[0].Http.Always["X-API-Key"] = owner;
            using var stream = await replicas[0].Http.ListenAsync("/sse");
            var address = (await stream.NextAsync())!.Data;
            foreach (var (key, status) in new[] { (other, 404), (owner, 202) })
            {
                replicas[1].Http.Always["X-API-Key"] = key;
                (await PostAsync(replicas[1], address, Initialize)).Status.ShouldBe(status);
            }
            ((int)(await stream.MessageAsync())["id"]!).ShouldBe(0);
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_call_under_way_is_answered_before_its_gateway_stops()
    {
        await using var replicas = await Replicas.StartAsync();
        using var stream = await replicas[0].Http.ListenAsync("/sse");
        var address = (await stream.NextAsync())!.Data;
        await PostAsync(replicas[1], address, Initialize);
        await stream.MessageAsync();
        var signals = Signals.Make();
        await PostAsync(replicas[1], address, $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t_wait","arguments":{{{signals.Argument}}}}}""");
        await signals.Started.Task.WaitAsync(Guard.Time);
        var stopping = replicas.StopAsync(0);
        await Task.Delay(100);
        signals.Go.SetResult();
        (await stream.MessageAsync()).ToJsonString().ShouldContain("went");
        (await stream.NextAsync()).ShouldBeNull();
        await stopping.WaitAsync(Guard.Time);
    }

    private static async Task<(int Status, string Text)> PostAsync(TestGateway gateway, string path, string body)
    {
        var request = gateway.Http.Request(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await gateway.Http.SendAsync(request);
        return (answer.Status, answer.Text);
    }
}
