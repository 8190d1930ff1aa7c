using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Limits;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Schemas;
using Granary.Gateway.Tools;
using Granary.Tenants;

namespace Granary.Gateway.Api;

/// <summary>
/// The HTTP API of Provara's managed service (specification, 10.5), for its clients: vaults whose names are UUIDs, over the same tenants, keys, scopes
/// and bounds as the tools. Its events are real Backpack events, which verify and which the reducer reads.
/// </summary>
internal sealed partial class VaultApi(
    GatewayOptions options, IAccess access, Authorizer authorizer, Refusals refusals, Challenges challenges, RateLimits limits, TenantAdmission admission, VaultApiCalls calls,
    TimeProvider time, ILogger<VaultApi> log)
{
    private const string Root = "/api/v1/vaults";

    /// <summary>What <c>GET /</c> tells everybody: no more than <c>/health</c> does, and where things are.</summary>
    private static readonly ApiAnswer About = ApiAnswer.Ok(StatusCodes.Status200OK, json =>
    {
        json.WriteString("server", ServerIdentity.Name);
        json.WriteString("version", ServerIdentity.Version);
        json.WriteString("vaults", Root);
        json.WriteString("mcp", "/mcp");
        json.WriteString("health", "/health");
    });

    private readonly ILogger<VaultApi> _log = log;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        if (!options.Selects(["vault"]))
            return;
        endpoints.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], context => About.WriteAsync(context.Response));
        endpoints.MapGet(Root, context => ServeAsync(context, Scopes.VaultRead, calls.ListAsync, "prefix", "after", "limit"));
        endpoints.MapPost($"{Root}/create", context => ServeAsync(context, Scopes.VaultWrite, calls.CreateAsync));
        endpoints.MapPost($"{Root}/{{id}}/events", context => ServeAsync(context, Scopes.VaultAppend, calls.AppendAsync));
        endpoints.MapGet($"{Root}/{{id}}/verify", context => ServeAsync(context, Scopes.VaultRead, calls.VerifyAsync));
        endpoints.MapGet($"{Root}/{{id}}", context => ServeAsync(context, Scopes.VaultRead, calls.DescribeAsync));
    }

    private async Task ServeAsync(HttpContext context, string scope, Func<VaultApiCall, Task<ApiAnswer>> serve, params string[] query)
    {
        using var deadline = new CancellationTokenSource(options.CallTimeout, time);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        try
        {
            var answer = await AnswerAsync(context, scope, serve, query, cancelled.Token);
            await answer.WriteAsync(context.Response);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to tell.
        }
        catch (OperationCanceledException) when (!context.Response.HasStarted)
        {
            await ApiAnswer.Fail(
                StatusCodes.Status504GatewayTimeout,
                "The call took longer than this server waits and was stopped; what it had done by then stays done.")
                .WriteAsync(context.Response);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogDefect(e, context.Request.Method);
            await ApiAnswer.Fail(
                StatusCodes.Status500InternalServerError,
                "Internal error: the server failed to serve this request and has logged why.")
                .WriteAsync(context.Response);
        }
    }

    private async Task<ApiAnswer> AnswerAsync(
        HttpContext context, string scope, Func<VaultApiCall, Task<ApiAnswer>> serve, string[] query, CancellationToken cancellation)
    {
        var decision = await access.AuthenticateAsync(context);
        if (decision.Principal is not { } caller)
        {
            context.Response.Headers.WWWAuthenticate = decision.Challenge;
            return ApiAnswer.Fail(decision.Status, decision.Reason ?? "Not authenticated.");
        }
        var target = CallTarget.Of(scope) with { Vault = context.Request.RouteValues["id"] as string };
        if (!authorizer.Allows(caller, target))
        {
            var refusal = Authorizer.Refusal(caller, [target]);
            refusals.Record(context, refusal.HttpStatus, refusal.Rule!, caller.Name);
            context.Response.Headers.WWWAuthenticate = refusal.NeededScopes is { } scopes ? challenges.InsufficientScope(scopes) : default(string?);
            return ApiAnswer.Fail(refusal.HttpStatus, refusal.Message);
        }
        try
        {
            limits.Request(context, caller);
        }
        catch (RpcException e)
        {
            return ApiAnswer.Fail(e.HttpStatus, e.Message, e.RetryAfter);
        }
        if (context.Request.Query.Keys.FirstOrDefault(name => !query.Contains(name)) is { } unknown)
            return ApiAnswer.Fail(StatusCodes.Status400BadRequest, NearestName.Unknown("The query of this path", unknown, query));
        try
        {
            if (HttpMethods.IsPost(context.Request.Method))
                MediaTypes.RequireJson(context.Request.Headers);
            using var body = await RequestBody.ReadAsync(context.Request, options.MaxBodyBytes);
            limits.Body(context, caller, body.Bytes.Length);
            using (admission.Enter(caller))
                return await serve(new VaultApiCall(caller, target, authorizer, context, body.Bytes, cancellation));
        }
        catch (RpcException e)
        {
            return ApiAnswer.Fail(e.HttpStatus, e.Message, e.RetryAfter);
        }
        catch (TenantException e)
        {
            return ApiAnswer.Fail(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Method} request to the vault API failed")]
    private partial void LogDefect(Exception e, string method);
}

/// <summary>One request: who, what, and its body.</summary>
internal sealed record VaultApiCall(
    Principal Caller, CallTarget Target, Authorizer Authorizer, HttpContext Http, ReadOnlyMemory<byte> Body, CancellationToken Cancellation)
{
    public TenantId Tenant => Caller.Tenant;

    /// <summary>The rights that the caller has to a vault.</summary>
    public AccessRights RightsTo(VaultName vault) => Authorizer.RightsTo(Caller, Target with { Vault = vault.Value });

    public string? Id => Http.Request.RouteValues["id"] as string;

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public string? IdempotencyKey => Http.Request.Headers.TryGetValue("Idempotency-Key", out var key) && key.Count == 1 ? key[0] : null;
}
