using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Legacy;

/// <summary>JSON-RPC batches existed in 2025-03-26 only.</summary>
[Collection(SharedGateway.Name)]
public sealed class LegacyBatchRules(TestGateway gateway)
{
    private McpHttp Http => gateway.Http;

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Legacy_batches_are_refused_but_in_2025_03_26(string version) =>
        (await Http.PostAsync(McpRequest.Raw("""[{"jsonrpc":"2.0","id":1,"method":"ping"}]""").Header("Mcp-Session-Id", await Http.InitializeAsync(version)))).ShouldFail(400, -32600);

    [Fact]
    public async Task Legacy_batches_of_2025_03_26_are_answered_member_by_member()
    {
        var session = await Http.InitializeAsync("2025-03-26");
        var answer = await Batch(session, """
            [{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":"b","method":"no/such"},
             7,[],{"jsonrpc":"2.0","id":3,"method":"initialize","params":{}},{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"t_echo"}}]
            """);
        answer.Status.ShouldBe(200);
        var members = JsonNode.Parse(answer.Text)!.AsArray();
        members.Count.ShouldBe(6);
        members[0]!.ToJsonString().ShouldBe("""{"jsonrpc":"2.0","id":1,"result":{}}""");
        members.Select(m => (int?)m!["error"]?["code"]).ShouldBe([null, -32601, -32600, -32600, -32600, null]);
    }

    [Fact]
    public async Task Legacy_batches_of_notifications_are_202()
    {
        var answer = await Batch(await Http.InitializeAsync("2025-03-26"), """[{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":9,"result":{}}]""");
        answer.Status.ShouldBe(202);
        answer.Text.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]", -32600)]
    [InlineData("[", -32700)]
    [InlineData("[1,]", -32700)]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"}] x""", -32700)]
    public async Task Legacy_batches_that_are_none_are_refused(string body, int code) =>
        (await Batch(await Http.InitializeAsync("2025-03-26"), body)).ShouldFail(400, code);

    [Fact]
    public async Task Legacy_batches_have_at_most_100_members() =>
        (await Batch(await Http.InitializeAsync("2025-03-26"), $"[{string.Join(',', Enumerable.Repeat("1", 101))}]")).ShouldFail(400, -32600);

    [Fact]
    public async Task Legacy_batches_that_take_long_begin_their_answer_before_clients_give_up()
    {
        var own = await TestGateway.StartAsync(o => o with { KeepAlive = TimeSpan.FromMilliseconds(30) });
        var signals = Signals.Make();
        var batch = McpRequest.Raw($$$"""[{"jsonrpc":"2.0","id":"w","method":"tools/call","params":{"name":"t_wait","arguments":{{{signals.Argument}}}}},{"jsonrpc":"2.0","id":2,"method":"ping"}]""")
            .Header("Mcp-Session-Id", await own.Http.InitializeAsync("2025-03-26"));
        using (var stream = await own.Http.OpenAsync(batch).WaitAsync(Guard.Time))
        {
            await stream.CommentAsync();
            signals.Go.SetResult();
            JsonNode.Parse((await stream.ToEndAsync())[^1].Data)!.AsArray().Select(m => m!["id"]!.ToString()).ShouldBe(["w", "2"]);
        }
        await own.DisposeAsync();
    }

    [Fact]
    public async Task Legacy_batches_can_be_cancelled_member_by_member()
    {
        var session = await Http.InitializeAsync("2025-03-26");
        var signals = Signals.Make();
        var sending = Batch(session, $$$"""[{"jsonrpc":"2.0","id":"w","method":"tools/call","params":{"name":"t_wait","arguments":{{{signals.Holding}}}}},{"jsonrpc":"2.0","id":2,"method":"ping"}]""");
        await signals.Started.Task.WaitAsync(Guard.Time);
        await Http.PostAsync(McpRequest.Raw("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"w"}}""").Header("Mcp-Session-Id", session));
        signals.Told.Set();
        await signals.Cancelled.Task.WaitAsync(Guard.Time);
        JsonNode.Parse((await sending).Text)!.AsArray().Count.ShouldBe(1);
    }

    private Task<Answer> Batch(string session, string body) => Http.PostAsync(McpRequest.Raw(body).Header("Mcp-Session-Id", session).Header("Accept", "application/json"));
}
