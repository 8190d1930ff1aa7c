using System.Diagnostics;
using Granary.Gateway.Protocol.Messages;
using Granary.Tenants;

namespace Granary.Gateway.Invocation;

/// <summary>
/// The span of one request, whatever carries it, by OpenTelemetry's conventions for MCP. The HTTP request around it has none of its own: it would say
/// the same for as much again.
/// </summary>
internal static class CallSpan
{
    /// <summary>
    /// Begins it, below the client's span. A message can name that in <c>_meta</c>, which a session's transport does not know, and an HTTP request in
    /// its headers. Where both name spans of one trace, the request's is the nearer; where they do not, the call belongs to the message's trace, and is
    /// linked with the request's.
    /// </summary>
    /// <param name="name">What is asked for, out of what is known: a client can write anything, and spans are listed by their names.</param>
    /// <param name="tenant">Whose request it is.</param>
    /// <param name="header">The HTTP request's headers.</param>
    /// <param name="meta">What the message says of itself.</param>
    /// <returns>Null where it is not kept. It is the current one until it is disposed of, so begin it in an asynchronous method.</returns>
    public static Activity? Start(string name, TenantId tenant, Func<string, string?> header, EnvelopeMeta? meta = null)
    {
        var hasRequest = ActivityContext.TryParse(header("traceparent"), header("tracestate"), isRemote: true, out var request);
        var hasMessage = ActivityContext.TryParse(meta?.TraceParent, meta?.TraceState, isRemote: true, out var message);
        var isMessages = hasMessage && message.TraceId != request.TraceId;
        // The server has made one of its own for the request, which nobody keeps: what is below it would not be kept either.
        Activity.Current = null;
        return CallTrace.Source.StartActivity(
            name, ActivityKind.Server, isMessages ? message : request, links: isMessages && hasRequest ? [new ActivityLink(request)] : null)?
            .SetTag(CallTrace.Tenant, tenant.Value);
    }

    /// <summary>Says which tool is called.</summary>
    public static void Name(string tool)
    {
        if (CallTrace.Current is not { } span)
            return;
        span.DisplayName = $"{span.OperationName} {tool}";
        span.SetTag(CallTrace.Tool, tool).SetTag("gen_ai.tool.name", tool);
    }

    /// <summary>
    /// Says that the call did not do what was asked, and of what kind the failure is; not why, for that is in the client's words as well as ours.
    /// </summary>
    public static void Fail(string kind) => CallTrace.Current?.SetTag("error.type", kind).SetStatus(ActivityStatusCode.Error);
}
