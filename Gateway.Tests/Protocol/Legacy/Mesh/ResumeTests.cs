using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;
using Granary.Testing.Redis;

namespace Granary.Gateway.Tests.Protocol.Legacy.Mesh;

/// <summary>A call's event stream, resumed on another gateway than the one that runs the call.</summary>
public sealed class ResumeTests
{
    [Fact]
    public async Task What_was_missed_is_replayed_and_the_rest_follows()
    {
        await using var replicas = await Replicas.StartAsync();
        var session = await replicas[0].Http.InitializeAsync();
        var signals = Signals.Make();
        var (first, _) = await LoseAsync(replicas[0], session, signals);
        using var rest = await ResumeAsync(replicas[1], session, first);
        ((int)(await rest.MessageAsync())["params"]!["progress"]!).ShouldBe(1);
        signals.Go.SetResult();
        ((int)(await rest.MessageAsync())["params"]!["progress"]!).ShouldBe(2);
        ((string)(await rest.MessageAsync())["result"]!["content"]![0]!["text"]!).ShouldBe("went");
        (await rest.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_connection_that_was_closed_early_goes_on_elsewhere_and_elsewhere_again()
    {
        await using var replicas = await Replicas.StartAsync(3);
        var session = await replicas[0].Http.InitializeAsync();
        var signals = Signals.Make();
        var first = await replicas[0].Http.PostAsync(Call(session, "t_close", signals.Argument));
        var id = first.Events[^1].Id!;
        using (await ResumeAsync(replicas[1], session, id))
        {
            using var rest = await ResumeAsync(replicas[2], session, id);
            signals.Go.SetResult();
            var events = await rest.ToEndAsync();
            events.Count.ShouldBe(2);
            ((string)events[1].Message["result"]!["content"]![0]!["text"]!).ShouldBe("after the break");
        }
        replicas[0].Logs.Errors.Concat(replicas[1].Logs.Errors).Concat(replicas[2].Logs.Errors).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_is_there_when_the_gateway_that_ran_the_call_is_not(bool isAsking)
    {
        await using var replicas = await Replicas.StartAsync(3);
        var session = await replicas[0].Http.InitializeAsync();
        var signals = Signals.Make();
        var (first, second) = await LoseAsync(replicas[0], session, signals);
        var rest = isAsking ? await ResumeAsync(replicas[1], session, second) : null;
        var stopping = replicas.StopAsync(0);
        await Task.Delay(100);
        signals.Go.SetResult();
        await stopping.WaitAsync(Guard.Time);
        rest ??= await ResumeAsync(replicas[0], session, second);
        var messages = (await rest.ToEndAsync()).Select(e => e.Message).ToList();
        messages.Count.ShouldBe(2);
        ((int)messages[0]["params"]!["progress"]!).ShouldBe(2);
        ((string)messages[1]["result"]!["content"]![0]!["text"]!).ShouldBe("went");
        first.ShouldNotBe(second);
        rest.Dispose();
    }

    [Fact]
    public async Task A_gateway_that_died_with_the_call_is_answered_for()
    {
        await using var replicas = await Replicas.StartAsync();
        var session = await replicas[0].Http.InitializeAsync();
        var signals = Signals.Make();
        var (_, id) = await LoseAsync(replicas[0], session, signals);
        replicas.CutOff(0);
        using var rest = await ResumeAsync(replicas[1], session, id);
        var end = await rest.MessageAsync();
        ((int)end["id"]!).ShouldBe(1);
        ((string)end["error"]!["message"]!).ShouldContain("outcome is unknown");
        (await rest.NextAsync()).ShouldBeNull();
        signals.Go.SetResult();
    }

    [Fact]
    public async Task A_gateway_that_dies_while_its_stream_is_read_elsewhere_is_answered_for()
    {
        await using var replicas = await Replicas.StartAsync();
        var session = await replicas[0].Http.InitializeAsync();
        var signals = Signals.Make();
        var (first, _) = await LoseAsync(replicas[0], session, signals);
        using var rest = await ResumeAsync(replicas[1], session, first);
        await rest.MessageAsync();
        replicas.CutOff(0);
        ((string)(await rest.MessageAsync())["error"]!["message"]!).ShouldContain("outcome is unknown");
        signals.Go.SetResult();
    }

    [Fact]
    public async Task A_stream_goes_on_over_a_restart_of_redis()
    {
        await using var replicas = await Replicas.StartAsync();
        var session = await replicas[0].Http.InitializeAsync();
        var signals = Signals.Make();
        var (first, _) = await LoseAsync(replicas[0], session, signals);
        using var rest = await ResumeAsync(replicas[1], session, first);
        await rest.MessageAsync();
        replicas.Redis.Kill();
        replicas.Redis.Start();
        signals.Go.SetResult();
        var messages = (await rest.ToEndAsync()).Select(e => e.Message).ToList();
        ((string)messages[^1]["result"]!["content"]![0]!["text"]!).ShouldBe("went");
        messages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Another_session_resumes_nothing()
    {
        await using var replicas = await Replicas.StartAsync();
        var session = await replicas[0].Http.InitializeAsync();
        var other = await replicas[1].Http.InitializeAsync();
        var signals = Signals.Make();
        var (first, _) = await LoseAsync(replicas[0], session, signals);
        (await GetAsync(replicas[1], other, first)).ShouldFail(400, -32600);
        (await GetAsync(replicas[1], session, $"AAAAAAAAAAAA.{first[13..]}")).Text.ShouldContain("outcome is unknown");
        (await GetAsync(replicas[1], session, "AAAAAAAAAAAA.x.1")).ShouldFail(400, -32600);
        signals.Go.SetResult();
    }

    [RealRedisFact]
    public async Task A_stream_that_is_read_to_its_end_costs_redis_nothing()
    {
        await using var replicas = await Replicas.StartAsync();
        var session = await replicas[0].Http.InitializeAsync();
        await replicas[0].Http.PostAsync(Call(session, "t_progress", """{"values":[1]}"""));
        var before = (replicas.Calls("hset"), replicas.Calls("hmset"), replicas.Calls("expire"));
        for (var i = 0; i < 10; i++)
        {
            (await replicas[0].Http.PostAsync(Call(session, "t_progress", """{"values":[1,2,3]}"""))).ToolText.ShouldBe("arrived");
            (await replicas[0].Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_echo"}""", session))).ShouldSucceed();
        }
        (replicas.Calls("hset"), replicas.Calls("hmset"), replicas.Calls("expire")).ShouldBe(before);
        await Guard.UntilAsync(() => replicas[0].Get<SessionStates>().Count == 0, "nothing is under way");
    }

    /// <summary>Starts a call that waits, and loses its connection after the second event.</summary>
    private static async Task<(string First, string Second)> LoseAsync(TestGateway gateway, string session, Signals signals)
    {
        using var stream = await gateway.Http.OpenAsync(Call(session, "t_wait", $$"""{"key":"{{signals.Key}}","before":true,"after":true}"""));
        var ids = ((await stream.NextAsync())!.Id!, (await stream.NextAsync())!.Id!);
        await signals.Started.Task.WaitAsync(Guard.Time);
        return ids;
    }

    private static Task<SseReader> ResumeAsync(TestGateway gateway, string session, string id) =>
        gateway.Http.ListenAsync("/mcp", ("Mcp-Session-Id", session), ("Last-Event-ID", id));

    private static Task<Answer> GetAsync(TestGateway gateway, string session, string id) =>
        gateway.Http.GetAsync("/mcp", ("Mcp-Session-Id", session), ("Accept", "text/event-stream"), ("Last-Event-ID", id));

    private static McpRequest Call(string session, string tool, string arguments) =>
        McpRequest.Legacy("tools/call", $$$"""{"name":"{{{tool}}}","arguments":{{{arguments}}},"_meta":{"progressToken":"p"}}""", session);
}
