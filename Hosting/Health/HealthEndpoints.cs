using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Granary.Hosting.Health;

/// <summary>
/// ASP.NET Core's health checks at the paths of an orchestrator's probes: <c>/health</c> and <c>/health/startup</c> (started), <c>/health/live</c> (always), <c>/health/ready</c>.
/// 200 or 503, with a JSON body. GET and HEAD: balancers use either.
/// </summary>
public static class HealthEndpoints
{
    private const string Started = "started";
    private const string Ready = "ready";

    /// <summary>Registers the checks, and the program's <see cref="ProgramState"/> where it has none of its own.</summary>
    public static IServiceCollection AddProbes(this IServiceCollection services)
    {
        services.TryAddSingleton<ProgramState>();
        services.AddHealthChecks()
            .Add(new HealthCheckRegistration(Started, s => new StateCheck(s.GetRequiredService<ProgramState>(), state => state.IsStarted), HealthStatus.Unhealthy, [Started]))
            .Add(new HealthCheckRegistration(Ready, s => new StateCheck(s.GetRequiredService<ProgramState>(), state => state.IsReady), HealthStatus.Unhealthy, [Ready]));
        // It writes an error for each probe that is answered with "not yet", which is no error.
        services.AddLogging(logging => logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        return services;
    }

    /// <summary>Maps the paths.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="identity">Members of the answer that name the program, as JSON without braces.</param>
    /// <param name="withStatus">Whether the answer has <c>status</c>, for clients of Provara's managed service.</param>
    public static void MapProbes(this IEndpointRouteBuilder endpoints, string identity, bool withStatus)
    {
        var (good, bad) = (Body(ok: true), Body(ok: false));
        Map("/health", Started);
        Map("/health/startup", Started);
        Map("/health/ready", Ready);
        Map("/health/live", null);

        void Map(string path, string? tag) => endpoints.MapHealthChecks(path, new HealthCheckOptions
        {
            Predicate = check => tag is not null && check.Tags.Contains(tag),
            // The program's own middleware decides about caches.
            AllowCachingResponses = true,
            ResponseWriter = (context, report) =>
            {
                var body = report.Status == HealthStatus.Healthy ? good : bad;
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = body.Length;
                return context.Response.Body.WriteAsync(body).AsTask();
            },
        }).WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));

        byte[] Body(bool ok)
        {
            var status = withStatus ? $",\"status\":\"{(ok ? "ok" : "unavailable")}\"" : "";
            return Encoding.UTF8.GetBytes($"{{\"ok\":{(ok ? "true" : "false")},{identity}{status}}}");
        }
    }

    private sealed class StateCheck(ProgramState state, Func<ProgramState, bool> holds) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(holds(state) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }
}
