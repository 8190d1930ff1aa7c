using Granary.Gateway.Changes;
using Granary.Gateway.Invocation;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Legacy.Mesh;

/// <summary>Streams on any gateway hear of appends through any other.</summary>
public sealed class PushTests
{
    [Fact]
    public async Task A_subscription_made_through_one_gateway_is_told_on_another_for_an_append_through_a_third()
    {
        await using var replicas = await Replicas.StartAsync(3);
        await replicas.CreateVaultAsync("team/notes");
        await replicas.CreateVaultAsync("other");
        var session = await replicas[0].Http.InitializeAsync();
        using var stream = await replicas[1].Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        await stream.NextAsync();
        await ToggleAsync(replicas[0], session, "subscribe", "vault://team%2fnotes/head");
        await replicas.AppendAsync(2, "other");
        await replicas.AppendAsync(2, "team/notes");
        var update = await stream.MessageAsync();
        ((string)update["method"]!).ShouldBe("notifications/resources/updated");
        ((string)update["params"]!["uri"]!).ShouldBe("vault://team%2fnotes/head");
        await ToggleAsync(replicas[2], session, "unsubscribe", "vault://team%2Fnotes/head");
        await ToggleAsync(replicas[2], session, "subscribe", "vault://other/events");
        await replicas.AppendAsync(0, "team/notes");
        await replicas.AppendAsync(0, "other");
        ((string)(await stream.MessageAsync())["params"]!["uri"]!).ShouldBe("vault://other/events");
    }

    [Fact]
    public async Task The_newest_stream_of_a_session_takes_over_on_whichever_gateway()
    {
        await using var replicas = await Replicas.StartAsync(3);
        var session = await replicas[0].Http.InitializeAsync();
        SseReader? before = null;
        for (var i = 0; i < 5; i++)
        {
            var stream = await replicas[i % 3].Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
            await stream.NextAsync();
            if (before is not null)
                (await before.ToEndAsync()).ShouldBeEmpty();
            before?.Dispose();
            before = stream;
        }
        replicas[1].Get<IChanges>().ToolsChanged();
        ((string)(await before!.MessageAsync())["method"]!).ShouldBe("notifications/tools/list_changed");
        before.Dispose();
    }

    [Fact]
    public async Task A_modern_subscription_hears_of_appends_through_every_gateway()
    {
        await using var replicas = await Replicas.StartAsync();
        await replicas.CreateVaultAsync("notes");
        using var stream = await replicas[0].Http.OpenAsync(McpRequest.Modern(
            "subscriptions/listen", """{"notifications":{"resourceSubscriptions":["vault://notes/head"]}}"""));
        await stream.MessageAsync();
        for (var i = 0; i < 4; i++)
        {
            await replicas.AppendAsync(i % 2, "notes");
            ((string)(await stream.MessageAsync())["params"]!["uri"]!).ShouldBe("vault://notes/head");
        }
    }

    [Fact]
    public async Task Nobody_is_watched_for_a_stream_that_wants_no_resource()
    {
        await using var replicas = await Replicas.StartAsync();
        await replicas.CreateVaultAsync("notes");
        var session = await replicas[0].Http.InitializeAsync();
        using (var stream = await replicas[1].Http.ListenAsync("/mcp", ("Mcp-Session-Id", session)))
        {
            await stream.NextAsync();
            Watched(replicas).ShouldBe((0, 0));
            await ToggleAsync(replicas[0], session, "subscribe", "vault://notes/head");
            Watched(replicas).ShouldBe((0, 1));
            await ToggleAsync(replicas[0], session, "unsubscribe", "vault://notes/head");
            Watched(replicas).ShouldBe((0, 0));
            await ToggleAsync(replicas[0], session, "subscribe", "vault://notes/head");
        }
        await Guard.UntilAsync(() => Watched(replicas) == (0, 0), "nobody is watched");
    }

    private static (int First, int Second) Watched(Replicas replicas) => (replicas[0].Get<ResourceWatch>().Count, replicas[1].Get<ResourceWatch>().Count);

    private static async Task ToggleAsync(TestGateway gateway, string session, string verb, string uri) =>
        (await gateway.Http.PostAsync(McpRequest.Legacy($"resources/{verb}", $$"""{"uri":"{{uri}}"}""", session))).ShouldSucceed();
}
