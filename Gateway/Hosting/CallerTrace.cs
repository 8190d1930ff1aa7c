using System.Diagnostics;
using Granary.Gateway.Configuration;
using Microsoft.Extensions.Primitives;

namespace Granary.Gateway.Hosting;

/// <summary>
/// Where nothing is exported, a request belongs to a trace only when somebody looks: its client began one, or the trace's id is to stand in the access log or the audit. The
/// framework would begin one for each request.
/// </summary>
internal static class CallerTrace
{
    /// <summary>Puts it in front of what follows.</summary>
    public static void UseCallerTrace(this IApplicationBuilder app, GatewayOptions options)
    {
        if (options.Telemetry.ExportsTraces)
            return;
        var propagator = app.ApplicationServices.GetRequiredService<DistributedContextPropagator>();
        var always = options.AccessLog || options.Audit;
        app.Use(next => context => always || context.Request.Headers.TraceParent.Count > 0 ? RunAsync(context, next, propagator) : next(context));
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate next, DistributedContextPropagator propagator)
    {
        propagator.ExtractTraceIdAndState(context.Request.Headers, Header, out var parent, out var state);
        using var request = new Activity("request") { TraceStateString = state };
        // What is no trace's begins a new one.
        if (ActivityContext.TryParse(parent, state, out var caller))
            request.SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags);
        request.Start();
        await next(context);
    }

    private static void Header(object? headers, string name, out string? value, out IEnumerable<string>? values)
    {
        values = null;
        value = ((IHeaderDictionary)headers!).TryGetValue(name, out var sent) && !StringValues.IsNullOrEmpty(sent) ? sent.ToString() : null;
    }
}
