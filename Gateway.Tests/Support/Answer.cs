using System.Net;
using System.Text.Json.Nodes;

namespace Granary.Gateway.Tests.Support;

/// <summary>A whole answer: JSON or a finished event stream.</summary>
internal sealed record Answer(HttpResponseMessage Response, string Text, IReadOnlyList<SseEvent> Events)
{
    public int Status => (int)Response.StatusCode;

    public string? MediaType => Response.Content.Headers.ContentType?.MediaType;

    public bool IsStream => MediaType == "text/event-stream";

    /// <summary>Every message, in order.</summary>
    public IReadOnlyList<JsonObject> Messages => IsStream
        ? [.. Events.Where(e => e.Data.Length > 0).Select(e => e.Message)]
        : Text.Length == 0 ? [] : [JsonNode.Parse(Text)!.AsObject()];

    /// <summary>The response, which is the last message.</summary>
    public JsonObject Message => Messages[^1];

    public JsonObject Result => Message["result"]?.AsObject() ?? throw new InvalidOperationException($"No result: {Status} {Text}");

    public int Code => (int)(Message["error"]?["code"] ?? throw new InvalidOperationException($"No error: {Status} {Text}"));

    public string ErrorText => (string)Message["error"]!["message"]!;

    /// <summary>The text of a tool's first content block.</summary>
    public string ToolText => (string)Result["content"]![0]!["text"]!;

    public bool IsToolError => (bool?)Result["isError"] == true;

    public IEnumerable<JsonObject> Notifications(string method) => Messages.Where(m => (string?)m["method"] == method);

    public string? Header(string name) =>
        Response.Headers.TryGetValues(name, out var values) || Response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    /// <summary>Refused with this status and this JSON-RPC error, in JSON.</summary>
    public void ShouldFail(int status, int code)
    {
        Status.ShouldBe(status, Text);
        Code.ShouldBe(code, Text);
        MediaType.ShouldBe("application/json");
        ((string)Message["jsonrpc"]!).ShouldBe("2.0");
        ErrorText.ShouldNotBeNullOrWhiteSpace();
    }

    public void ShouldSucceed()
    {
        Response.StatusCode.ShouldBe(HttpStatusCode.OK, Text);
        Message.ContainsKey("error").ShouldBeFalse(Text);
    }
}

/// <summary>One server-sent event.</summary>
internal sealed record SseEvent(string? Id, string? Name, string? Retry, string Data)
{
    public JsonObject Message => JsonNode.Parse(Data)!.AsObject();
}
