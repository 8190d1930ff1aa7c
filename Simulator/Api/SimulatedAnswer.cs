using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Simulator.Api;

/// <summary>What a handler answers.</summary>
internal sealed record SimulatedAnswer(int Status, JsonNode? Body)
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A body that is no JSON, with its media type.</summary>
    public (string MediaType, string Text)? Plain { get; init; }

    public static SimulatedAnswer Ok(JsonNode? body) => new(200, body);

    /// <summary>Done, and nothing to say.</summary>
    public static SimulatedAnswer Nothing { get; } = new(204, null);

    public static SimulatedAnswer Error(int status, params string[] errors) =>
        new(status, Json.Object(("errors", Json.Array(errors.Select(error => (JsonNode)error)))));

    public static SimulatedAnswer NotFound(string what, string id) => Error(404, $"{what} with id: {id} is not found");

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (Plain is { } plain)
        {
            context.Response.ContentType = plain.MediaType;
            return context.Response.WriteAsync(plain.Text, context.RequestAborted);
        }
        if (Status == 204)
            return Task.CompletedTask;
        context.Response.ContentType = "application/json";
        var bytes = Encoding.UTF8.GetBytes(Body?.ToJsonString(Compact) ?? "");
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
