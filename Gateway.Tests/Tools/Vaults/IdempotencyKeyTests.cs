using Granary.Gateway.Tests.EndToEnd;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>The same key with the same content appends once; with other content it is refused.</summary>
public sealed class IdempotencyKeyTests
{
    private const string First = """{"vault_path":"notes","event_type":"note","data":{"a":1,"b":2},"tags":["t"],"idempotency_key":"key-1"}""";

    [Fact]
    public async Task A_repeat_returns_the_first_receipt_also_after_a_restart()
    {
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        var first = (await gateway.Client.CallAsync("append_event", First)).Success();
        (await gateway.Client.CallAsync("append_event", """{"vault_path":"notes","event_type":"note","data":{}}""")).Success();
        // The same content in another spelling is the same content.
        var spelled = """{"idempotency_key":"key-1","tags":["t"],"data":{ "b" : 2, "a":1 },"event_type":"note","emit_provara":false,"vault_path":"./notes"}""";
        foreach (var again in new[] { First, spelled })
            IsRepeat((await gateway.Client.CallAsync("append_event", again)).Success(), first);
        await gateway.RestartAsync();
        IsRepeat((await gateway.Client.CallAsync("append_event", First)).Success(), first);
        (await CountAsync(gateway)).ShouldBe(2);
    }

    [Fact]
    public async Task A_repeat_of_a_bridged_event_returns_the_bridges_values_too()
    {
        const string Bridged = """{"vault_path":"notes","event_type":"belief","data":{"subject":"s"},"emit_provara":true,"idempotency_key":"b"}""";
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        var first = (await gateway.Client.CallAsync("append_event", Bridged)).Success();
        IsRepeat((await gateway.Client.CallAsync("append_event", Bridged)).Success(), first);
        await gateway.RestartAsync();
        IsRepeat((await gateway.Client.CallAsync("append_event", Bridged)).Success(), first);
        (await CountAsync(gateway)).ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"vault_path":"notes","event_type":"note","data":{"a":1,"b":3},"tags":["t"],"idempotency_key":"key-1"}""")]
    [InlineData("""{"vault_path":"notes","event_type":"note","data":{"a":1.0,"b":2},"tags":["t"],"idempotency_key":"key-1"}""")]
    [InlineData("""{"vault_path":"notes","event_type":"belief","data":{"a":1,"b":2},"tags":["t"],"idempotency_key":"key-1"}""")]
    [InlineData("""{"vault_path":"notes","event_type":"note","data":{"a":1,"b":2},"idempotency_key":"key-1"}""")]
    [InlineData("""{"vault_path":"notes","event_type":"note","data":{"a":1,"b":2},"tags":["t"],"emit_provara":true,"idempotency_key":"key-1"}""")]
    public async Task The_same_key_with_other_content_is_refused_and_changes_nothing(string other)
    {
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        (await gateway.Client.CallAsync("append_event", First)).Success();
        var failure = (await gateway.Client.CallAsync("append_event", other)).FailureObject();
        failure.GetProperty("code").GetString().ShouldBe("idempotency_key_reused");
        failure.GetProperty("retryable").GetBoolean().ShouldBeFalse();
        failure.GetProperty("error").GetString()!.ShouldContain("idempotency_key");
        (await CountAsync(gateway)).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_key_at_the_same_time_appends_once()
    {
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        var receipts = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => gateway.Client.CallAsync("append_event", First)));
        receipts.Select(r => r.Success().GetProperty("event_id").GetString()).Distinct().ShouldHaveSingleItem();
        receipts.Count(r => !r.Structured.GetProperty("replayed").GetBoolean()).ShouldBe(1);
        (await CountAsync(gateway)).ShouldBe(1);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"with space\"")]
    [InlineData("\"schlüssel\"")]
    [InlineData("\"a\\u0000\"")]
    [InlineData("7")]
    [InlineData("[]")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        (await gateway.Client.CallAsync("append_event", $$"""{"vault_path":"notes","event_type":"note","data":{},"idempotency_key":{{key}}}"""))
            .Failure().ShouldContain("idempotency_key");
        (await CountAsync(gateway)).ShouldBe(0);
    }

    private static void IsRepeat(System.Text.Json.JsonElement repeat, System.Text.Json.JsonElement first)
    {
        repeat.GetProperty("replayed").GetBoolean().ShouldBeTrue();
        foreach (var name in new[] { "event_id", "hash", "timestamp", "position", "provara_event_id", "state_hash" })
            repeat.GetProperty(name).GetRawText().ShouldBe(first.GetProperty(name).GetRawText(), name);
    }

    private static async Task<int> CountAsync(RunningGateway gateway) =>
        (await gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes"}""")).Success().GetProperty("events").GetArrayLength();
}
