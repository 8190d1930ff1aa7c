using System.Text;

namespace Granary.Silo.Health;

/// <summary>The three probes of an orchestrator. None of them calls a grain: a probe that does turns one slow tenant into a restart.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints, SiloState state)
    {
        endpoints.MapGet("/health", context => AnswerAsync(context, state.IsStarted));
        endpoints.MapGet("/health/live", context => AnswerAsync(context, true));
        endpoints.MapGet("/health/startup", context => AnswerAsync(context, state.IsStarted));
        endpoints.MapGet("/health/ready", context => AnswerAsync(context, state.IsReady));
    }

    private static Task AnswerAsync(HttpContext context, bool ok)
    {
        context.Response.StatusCode = ok ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{{\"ok\":{(ok ? "true" : "false")},\"server\":\"granary-silo\"}}")).AsTask();
    }
}
