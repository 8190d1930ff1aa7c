using System.Text;

namespace Granary.Silo.Health;

/// <summary>The three probes of an orchestrator. None of them calls a grain: a probe that does turns one slow tenant into a restart.</summary>
internal static class HealthEndpoints
{
    /// <summary>A balancer may ask with HEAD.</summary>
    private static readonly string[] Methods = ["GET", "HEAD"];

    public static void MapHealth(this IEndpointRouteBuilder endpoints, SiloState state)
    {
        endpoints.MapMethods("/health", Methods, context => AnswerAsync(context, state.IsStarted));
        endpoints.MapMethods("/health/live", Methods, context => AnswerAsync(context, true));
        endpoints.MapMethods("/health/startup", Methods, context => AnswerAsync(context, state.IsStarted));
        endpoints.MapMethods("/health/ready", Methods, context => AnswerAsync(context, state.IsReady));
    }

    private static Task AnswerAsync(HttpContext context, bool ok)
    {
        context.Response.StatusCode = ok ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        var body = Encoding.UTF8.GetBytes($"{{\"ok\":{(ok ? "true" : "false")},\"server\":\"granary-silo\"}}");
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }
}
