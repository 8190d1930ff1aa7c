using Granary.Gateway.Tests.EndToEnd;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>
/// A failure has no structured content where the tool promises a shape for it: official clients check it all the same, and then the
/// caller would see the client's complaint instead of our sentence.
/// </summary>
public sealed class FailureShapeTests
{
    [Theory]
    [InlineData("init_vault", """{"vault_path":"notes"}""")]
    [InlineData("append_event", """{"vault_path":"none","event_type":"note","data":{}}""")]
    [InlineData("append_event", """{"vault_path":"notes","event_type":"a b","data":{}}""")]
    [InlineData("append_event", """{"vault_path":"notes"}""")]
    [InlineData("verify_chain", """{"vault_path":"none"}""")]
    [InlineData("query_timeline", """{"vault_path":"none"}""")]
    [InlineData("query_timeline", """{"vault_path":".."}""")]
    public async Task A_failed_call_answers_with_text_only(string tool, string arguments)
    {
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        var reply = await gateway.Client.CallAsync(tool, arguments);
        reply.Failure();
        reply.Result.TryGetProperty("structuredContent", out _).ShouldBeFalse();
    }
}
