using System.Text;
using System.Text.Json;
using Granary.Mcp.Client;

namespace Granary.Scenarios.Clients;

/// <summary>Tells how a call ended from what came back.</summary>
internal static class Answers
{
    /// <summary>Reads what came back.</summary>
    public static Answer Read(McpReply reply)
    {
        try
        {
            var answer = Read(reply.Status, reply.Message());
            return answer with { RetryAfter = answer.RetryAfter ?? reply.RetryAfter };
        }
        catch (JsonException)
        {
            return new Answer(AnswerKind.HttpError, reply.Status, Message: Cut(Encoding.UTF8.GetString(reply.Body)));
        }
    }

    private static Answer Read(int status, JsonElement root)
    {
        if (root.TryGetProperty("error", out var error))
        {
            var kind = status == 200 ? AnswerKind.RpcError : AnswerKind.HttpError;
            return new Answer(kind, status, error.GetProperty("code").GetRawText(), Cut(error.GetProperty("message").GetString()!));
        }
        if (status != 200 || !root.TryGetProperty("result", out var result))
            return new Answer(AnswerKind.HttpError, status, Message: Cut(root.GetRawText()));
        return result.TryGetProperty("isError", out var isError) && isError.GetBoolean()
            ? Failure(status, result)
            : new Answer(AnswerKind.Success, status, Content: result.TryGetProperty("structuredContent", out var content) ? content.Clone() : default);
    }

    // A tool's failure is an object as text: the schema of its result says nothing about failures.
    private static Answer Failure(int status, JsonElement result)
    {
        var text = result.GetProperty("content")[0].GetProperty("text").GetString()!;
        if (!text.StartsWith('{'))
            return new Answer(AnswerKind.ToolError, status, Message: Cut(text));
        using var document = JsonDocument.Parse(text);
        var failure = document.RootElement;
        return new Answer(
            AnswerKind.ToolError,
            status,
            failure.TryGetProperty("code", out var code) ? code.ToString() : null,
            Cut(failure.TryGetProperty("error", out var message) ? message.ToString() : text),
            RetryAfter: failure.TryGetProperty("retry_after_ms", out var wait) ? TimeSpan.FromMilliseconds(wait.GetDouble()) : null);
    }

    private static string Cut(string text) => text.Length <= 300 ? text : string.Concat(text.AsSpan(0, 300), "…");
}
