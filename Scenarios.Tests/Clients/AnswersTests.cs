using System.Text;
using Granary.Mcp.Client;
using Granary.Scenarios.Clients;

namespace Granary.Scenarios.Tests.Clients;

public sealed class AnswersTests
{
    [Fact]
    public void A_result_gives_its_structured_content()
    {
        var answer = Read(200, """{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"position":7}}}""");
        answer.Kind.ShouldBe(AnswerKind.Success);
        answer.Content.GetProperty("position").GetInt64().ShouldBe(7);
        answer.Effect.ShouldBe(Effect.Done);
    }

    [Fact]
    public void The_last_event_of_a_stream_is_the_answer()
    {
        var answer = Read(200, "data: {\"method\":\"notifications/progress\"}\n\ndata: {\"id\":1,\"result\":{\"structuredContent\":{}}}\n\n", "text/event-stream");
        answer.Kind.ShouldBe(AnswerKind.Success);
    }

    [Fact]
    public void A_tools_failure_gives_its_code_and_when_to_try_again()
    {
        var answer = Read(200, """
            {"id":1,"result":{"isError":true,"content":[{"type":"text","text":"{\"error\":\"Too much.\",\"code\":\"busy\",\"retryable\":true,\"retry_after_ms\":40}"}]}}
            """);
        answer.ShouldBe(new Answer(AnswerKind.ToolError, 200, "busy", "Too much.", RetryAfter: TimeSpan.FromMilliseconds(40)));
        answer.Effect.ShouldBe(Effect.Nothing);
    }

    [Theory]
    [InlineData(200, "outcome_unknown", Effect.Unknown)]
    [InlineData(200, "storage_refused", Effect.Nothing)]
    [InlineData(502, "-32603", Effect.Unknown)]
    [InlineData(503, "-32603", Effect.Nothing)]
    [InlineData(504, "-32603", Effect.Unknown)]
    [InlineData(0, null, Effect.Unknown)]
    public void What_an_answer_says_about_the_world_is_never_guessed(int status, string? code, object effect) =>
        new Answer(status == 200 ? AnswerKind.ToolError : AnswerKind.HttpError, status, code).Effect.ShouldBe((Effect)effect);

    [Fact]
    public void A_page_that_is_no_json_is_an_error_of_http() =>
        Read(502, "<html>").ShouldBe(new Answer(AnswerKind.HttpError, 502, Message: "<html>"));

    private static Answer Read(int status, string body, string mediaType = "application/json") => Answers.Read(new McpReply(status, mediaType, null, Encoding.UTF8.GetBytes(body)));
}
