using System.Text.Json.Nodes;
using Granary.Gateway.Invocation;
using Granary.Gateway.Tests.Support;
using Granary.Tenants;

namespace Granary.Gateway.Tests.Protocol.Modern;

/// <summary>Rules L1 to L5: <c>subscriptions/listen</c>.</summary>
[Collection(SharedGateway.Name)]
public sealed class ListenRules(TestGateway gateway)
{
    private const string SubscriptionId = "io.modelcontextprotocol/subscriptionId";

    private McpHttp Http => gateway.Http;

    private static McpRequest Listen(string notifications, JsonNode? id = null) =>
        McpRequest.Modern("subscriptions/listen", $$"""{"notifications":{{notifications}}}""").Id(id ?? 1);

    [Fact]
    public async Task L1_the_acknowledgement_comes_first_and_lists_what_was_accepted()
    {
        var changes = gateway.Get<IChanges>();
        using var flood = new CancellationTokenSource();
        var flooding = Task.Run(async () =>
        {
            while (!flood.IsCancellationRequested)
            {
                changes.ToolsChanged();
                await Task.Yield();
            }
        });
        for (var i = 0; i < 20; i++)
        {
            using var stream = await Http.OpenAsync(Listen("""{"toolsListChanged":true,"promptsListChanged":false,"resourceSubscriptions":["note://mine","no://such"]}"""));
            var first = await stream.MessageAsync();
            ((string)first["method"]!).ShouldBe("notifications/subscriptions/acknowledged");
            first["params"]!["notifications"]!.ToJsonString().ShouldBe("""{"toolsListChanged":true,"resourceSubscriptions":["note://mine"]}""");
        }
        await flood.CancelAsync();
        await flooding;
    }

    [Theory]
    [InlineData("7")]
    [InlineData("\"seven\"")]
    [InlineData("99999999999999999999999")]
    public async Task L2_every_message_names_the_subscription(string id)
    {
        using var stream = await Http.OpenAsync(Listen("""{"toolsListChanged":true,"resourceSubscriptions":["note://mine"]}""", JsonNode.Parse(id)));
        await stream.MessageAsync();
        await Http.CallAsync("t_change", """{"what":"tools"}""");
        await Http.CallAsync("t_change", """{"what":"resource"}""");
        for (var i = 0; i < 2; i++)
            (await stream.MessageAsync())["params"]!["_meta"]![SubscriptionId]!.ToJsonString().ShouldBe(id);
    }

    [Fact]
    public async Task L3_only_what_was_asked_for_is_sent()
    {
        using var stream = await Http.OpenAsync(Listen("""{"promptsListChanged":true}"""));
        await stream.MessageAsync();
        foreach (var what in (string[])["tools", "resources", "resource", "prompts"])
            await Http.CallAsync("t_change", $$"""{"what":"{{what}}"}""");
        ((string)(await stream.MessageAsync())["method"]!).ShouldBe("notifications/prompts/list_changed");
    }

    [Fact]
    public async Task L3_request_scoped_notifications_never_come_here()
    {
        using var stream = await Http.OpenAsync(Listen("""{"toolsListChanged":true,"promptsListChanged":true,"resourcesListChanged":true}""")
            .With(r => r.Meta["io.modelcontextprotocol/logLevel"] = "debug").With(r => r.Meta["progressToken"] = "p"));
        await stream.MessageAsync();
        await Http.PostAsync(McpRequest.Call("t_log").With(r => r.Meta["io.modelcontextprotocol/logLevel"] = "debug"));
        await Http.PostAsync(McpRequest.Call("t_progress", """{"values":[1]}""").With(r => r.Meta["progressToken"] = "p"));
        await Http.CallAsync("t_change", """{"what":"resources"}""");
        ((string)(await stream.MessageAsync())["method"]!).ShouldBe("notifications/resources/list_changed");
    }

    [Fact]
    public async Task L3_another_tenants_resource_is_nobodys_business()
    {
        using var stream = await Http.OpenAsync(Listen("""{"toolsListChanged":true,"resourceSubscriptions":["note://mine"]}"""));
        await stream.MessageAsync();
        gateway.Get<IChanges>().ResourceUpdated(TenantId.Parse("other"), "note://mine");
        gateway.Get<IChanges>().ToolsChanged();
        ((string)(await stream.MessageAsync())["method"]!).ShouldBe("notifications/tools/list_changed");
    }

    [Theory]
    [InlineData("7")]
    [InlineData("\"seven\"")]
    [InlineData("99999999999999999999999")]
    public async Task L4_a_stopping_gateway_cancels_and_completes_the_stream(string id)
    {
        var own = await TestGateway.StartAsync(o => o);
        using var stream = await own.Http.OpenAsync(Listen("""{"toolsListChanged":true}""", JsonNode.Parse(id)));
        await stream.MessageAsync();
        var stopping = own.StopAsync();
        var end = (await stream.ToEndAsync()).Select(e => e.Message).ToList();
        await stopping;
        end.Count.ShouldBe(2);
        ((string)end[0]["method"]!).ShouldBe("notifications/cancelled");
        end[0]["params"]!["requestId"]!.ToJsonString().ShouldBe(id);
        end[1]["id"]!.ToJsonString().ShouldBe(id);
        ((string)end[1]["result"]!["resultType"]!).ShouldBe("complete");
        end.ShouldAllBe(m => (m["params"] ?? m["result"])!["_meta"]![SubscriptionId]!.ToJsonString() == id);
        own.Logs.Errors.ShouldBeEmpty();
        await own.DisposeAsync();
    }

    // What a drop means is the client's side; ours is that a client may go at any time and come back at once.
    [Fact]
    public async Task L5_a_client_that_drops_may_listen_again_at_once()
    {
        for (var i = 0; i < 5; i++)
        {
            using var stream = await Http.OpenAsync(Listen("""{"toolsListChanged":true}"""));
            await stream.MessageAsync();
        }
        gateway.Get<IChanges>().ToolsChanged();
        using var last = await Http.OpenAsync(Listen("""{"toolsListChanged":true}"""));
        await last.MessageAsync();
        gateway.Get<IChanges>().ToolsChanged();
        ((string)(await last.MessageAsync())["method"]!).ShouldBe("notifications/tools/list_changed");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"notifications":null}""")]
    [InlineData("""{"notifications":7}""")]
    [InlineData("""{"notifications":[]}""")]
    [InlineData("""{"notifications":{"toolsListChanged":"yes"}}""")]
    [InlineData("""{"notifications":{"resourceSubscriptions":"note://mine"}}""")]
    [InlineData("""{"notifications":{"resourceSubscriptions":[7]}}""")]
    [InlineData("""{"notifications":{"resourceSubscriptions":[null]}}""")]
    public async Task A_listen_that_asks_for_nothing_readable_is_refused(string parameters) =>
        (await Http.PostAsync(McpRequest.Modern("subscriptions/listen", parameters))).ShouldFail(200, -32602);

    [Fact]
    public async Task A_listen_for_too_many_resources_is_refused()
    {
        var uris = string.Join(',', Enumerable.Range(0, 1_001).Select(i => $"\"note://{i}\""));
        (await Http.PostAsync(Listen($$"""{"resourceSubscriptions":[{{uris}}]}"""))).ShouldFail(200, -32602);
    }

    [Fact]
    public async Task A_listen_needs_a_client_that_accepts_streams() =>
        (await Http.PostAsync(Listen("{}").Header("Accept", "application/json"))).ShouldFail(406, -32600);
}
