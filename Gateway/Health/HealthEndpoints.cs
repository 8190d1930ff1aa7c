using System.Text;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Health;

/// <summary>
/// <c>/health</c> as clients of the older servers know it (<c>ok</c> of the MCP server, <c>status</c> of the managed service), and the three probes
/// of an orchestrator. None of them calls a tenant: a probe that does turns one slow tenant into a restart.
/// </summary>
internal static class HealthEndpoints
{
    /// <summary>Balancers ask with HEAD.</summary>
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder endpoints, GatewayState state)
    {
        var identity = $"\"server\":\"{ServerIdentity.Name}\",\"version\":\"{ServerIdentity.Version}\"";
        endpoints.MapMethods("/health", Methods, context => AnswerAsync(context, state.IsStarted, identity));
        endpoints.MapMethods("/health/live", Methods, context => AnswerAsync(context, true, identity));
        endpoints.MapMethods("/health/startup", Methods, context => AnswerAsync(context, state.IsStarted, identity));
        endpoints.MapMethods("/health/ready", Methods, context => AnswerAsync(context, state.IsReady, identity));
    }

    private static Task AnswerAsync(HttpContext context, bool ok, string identity)
    {
        context.Response.StatusCode = ok ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        var body = Encoding.UTF8.GetBytes($"{{\"ok\":{(ok ? "true" : "false")},{identity},\"status\":\"{(ok ? "ok" : "unavailable")}\"}}");
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }
}
