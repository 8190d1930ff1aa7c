namespace Granary.Simulator.Backend;

/// <summary>The backend's word about itself.</summary>
internal static class BackendEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/api/instana/health", context => Answers.JsonAsync(context, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("health", "GREEN");
            writer.WriteStartArray("messages");
            writer.WriteEndArray();
            writer.WriteEndObject();
        }));
        app.MapGet("/api/instana/version", context => Answers.JsonAsync(context, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("branch", "simulator");
            writer.WriteString("commit", "0000000000000000000000000000000000000000");
            writer.WriteString("imageTag", "3.309.0-0");
            writer.WriteEndObject();
        }));
    }
}
