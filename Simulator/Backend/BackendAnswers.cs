using System.Text.Json;

namespace Granary.Simulator.Backend;

/// <summary>The forms of an answer.</summary>
internal static class BackendAnswers
{
    public static async Task JsonAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        write(writer);
        await writer.FlushAsync(context.RequestAborted);
    }

    public static Task ErrorAsync(HttpContext context, int status, string error) => JsonAsync(context, status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("errors");
        writer.WriteStringValue(error);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static Task UnauthorizedAsync(HttpContext context, string message) => JsonAsync(context, 401, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error", "Unauthorized");
        writer.WriteString("message", message);
        writer.WriteEndObject();
    });
}
