using Granary.Gateway.Access;
using Granary.Gateway.Limits;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Http;

/// <summary>Puts the protocol on its URLs. Every handler runs after access was decided, and answers errors as JSON-RPC.</summary>
internal sealed partial class McpEndpoints(
    IAccess access, McpPost post, RateLimits limits, ILogger<McpEndpoints> log, ILegacyHttp? legacy = null)
{
    private readonly ILogger<McpEndpoints> _log = log;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        // Made once: each request holds its own until it ends.
        Func<HttpContext, Principal, ValueTask<Task>> beginPost = post.BeginAsync;
        // Kestrel matches "/mcp/" to the same endpoint.
        endpoints.Map("/mcp", context => context.Request.Method == "POST" ? ServeAsync(context, beginPost) : ServeAsync(context, context.Request.Method switch
        {
            "GET" when legacy is not null => legacy.GetAsync,
            "DELETE" when legacy is not null => legacy.DeleteAsync,
            _ => RefuseMethodAsync,
        }));
        legacy?.Map(endpoints, ServeAsync);
        endpoints.MapFallback(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsJsonAsync(NotFoundBody, ErrorJson.Default.DictionaryStringString);
        });
    }

    private static Dictionary<string, string> NotFoundBody { get; } = new() { ["error"] = "not_found" };

    private Task RefuseMethodAsync(HttpContext context, Principal caller)
    {
        context.Response.Headers.Allow = legacy is null ? "POST" : "POST, GET, DELETE";
        throw RpcException.InvalidRequest("This endpoint takes POST; GET and DELETE with a legacy session.", StatusCodes.Status405MethodNotAllowed);
    }

    private Task ServeAsync(HttpContext context, Func<HttpContext, Principal, Task> handle) =>
        ServeAsync(context, (context, caller) => new ValueTask<Task>(handle(context, caller)));

    private async Task ServeAsync(HttpContext context, Func<HttpContext, Principal, ValueTask<Task>> begin)
    {
        try
        {
            var work = await begin(context, await AdmitAsync(context));
            await work;
        }
        catch (RpcException e) when (!context.Response.HasStarted)
        {
            await McpPost.FailAsync(context.Response, e);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to tell.
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await McpPost.FailAsync(context.Response, RpcException.InvalidRequest("The HTTP request is malformed.", e.StatusCode));
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogDefect(e, context.Request.Method);
            await McpPost.FailAsync(context.Response, new RpcException(RpcErrors.Internal, "Internal error.", 500));
        }
    }

    private async ValueTask<Principal> AdmitAsync(HttpContext context)
    {
        var decision = await access.AuthenticateAsync(context);
        if (decision.Principal is not { } caller)
            throw new RpcException(RpcErrors.InvalidRequest, decision.Reason ?? "Not authenticated.", decision.Status) { Challenge = decision.Challenge };
        await limits.RequestAsync(context, caller);
        return caller;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Method} request failed")]
    private partial void LogDefect(Exception e, string method);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ErrorJson : System.Text.Json.Serialization.JsonSerializerContext;
