using System.Text.Json;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>What came back for one JSON-RPC request.</summary>
internal sealed record ToolReply(int Status, JsonElement Message)
{
    public JsonElement Result => Message.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{Status}: {Message}");

    public bool IsError => Message.TryGetProperty("result", out var result) && result.TryGetProperty("isError", out var flag) && flag.GetBoolean();

    /// <summary>The text of the first content block.</summary>
    public string Text => Result.GetProperty("content")[0].GetProperty("text").GetString()!;

    public JsonElement Structured => Result.GetProperty("structuredContent");

    /// <summary>A JSON-RPC error's message; null where there is a result.</summary>
    public string? ErrorText => Message.TryGetProperty("error", out var error) ? error.GetProperty("message").GetString() : null;

    public int ErrorCode => Message.GetProperty("error").GetProperty("code").GetInt32();

    /// <summary>The object a successful call returned.</summary>
    public JsonElement Success()
    {
        (Status, IsError, ErrorText).ShouldBe((200, false, null), Message.ToString());
        return Structured;
    }

    /// <summary>The sentence of a call that failed in a way the model can act on.</summary>
    public string Failure()
    {
        (Status, IsError, ErrorText).ShouldBe((200, true, null), Message.ToString());
        Text.ShouldNotBeNullOrWhiteSpace();
        Text.ShouldNotContain("   at ");
        return Text;
    }

    /// <summary>A failed call's object: it says why and of what kind.</summary>
    public JsonElement FailureObject()
    {
        using var document = JsonDocument.Parse(Failure());
        return document.RootElement.Clone();
    }

    /// <summary>The sentence of a message that was refused as such.</summary>
    public string Refusal()
    {
        ErrorText.ShouldNotBeNullOrWhiteSpace(Message.ToString());
        return ErrorText!;
    }
}
