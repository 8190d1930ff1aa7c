using System.Text;
using System.Text.Json;

namespace Granary.Mcp.Client;

/// <summary>The answer to one POST, whole.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The body's type, with its parameters; empty where there is none.</param>
/// <param name="Session">The value of <c>Mcp-Session-Id</c>; null where there is none.</param>
/// <param name="Body">The body's bytes.</param>
public sealed record McpReply(int Status, string ContentType, string? Session, byte[] Body)
{
    private const int MaxDepth = 256;

    /// <summary>The server's advice when to try again; null where it gives none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the call did what was asked: a result, and no tool's error.</summary>
    public bool IsSuccess
    {
        get
        {
            if (Status != 200)
                return false;
            try
            {
                return Message().TryGetProperty("result", out var result) && !(result.TryGetProperty("isError", out var failed) && failed.ValueKind == JsonValueKind.True);
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }

    /// <summary>The JSON-RPC message: the body, or the last event of a stream.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public JsonElement Message()
    {
        using var document = JsonDocument.Parse(
            ContentType.StartsWith("text/event-stream", StringComparison.Ordinal) ? LastEvent() : Body, new JsonDocumentOptions { MaxDepth = MaxDepth });
        return document.RootElement.Clone();
    }

    /// <inheritdoc />
    public override string ToString() => $"{Status}: {Encoding.UTF8.GetString(Body)}";

    private byte[] LastEvent()
    {
        var data = Encoding.UTF8.GetString(Body).Split('\n').LastOrDefault(line => line.StartsWith("data: ", StringComparison.Ordinal));
        return data is null ? throw new JsonException("The stream has no event.") : Encoding.UTF8.GetBytes(data["data: ".Length..]);
    }
}
