using Granary.Gateway.Access;
using Granary.Gateway.Audit;
using Granary.Gateway.Configuration;
using Granary.Gateway.Invocation;
using Granary.Gateway.Limits;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Tools;
using Granary.Spelling;
using Granary.Tenants;

namespace Granary.Gateway.Api;

/// <summary>
/// The HTTP API of Provara's managed service (specification, 10.5), for its clients: vaults whose names are UUIDs, over the same tenants, keys, scopes
/// and bounds as the tools. Its events are real Backpack events, which verify and which the reducer reads.
/// </summary>
internal sealed partial class VaultApi(
    GatewayOptions options, IAccess access, Authorizer authorizer, ApiRefusals refusals, RateLimits limits, TenantAdmission admission, VaultApiCalls calls,
    AuditTrail audit, AccessLog accessLog, TimeProvider time, ILogger<VaultApi> log)
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
        foreach (var route in (ReadOnlySpan<VaultApiRoute>)[
            new("GET", Root, "list_vaults", Scopes.VaultRead, calls.ListAsync) { Query = ["prefix", "after", "limit"] },
            new("POST", $"{Root}/create", "init_vault", Scopes.VaultWrite, calls.CreateAsync),
            new("POST", $"{Root}/{{id}}/events", "append_event", Scopes.VaultAppend, calls.AppendAsync),
            new("GET", $"{Root}/{{id}}/verify", "verify_vault", Scopes.VaultRead, calls.VerifyAsync),
            new("GET", $"{Root}/{{id}}", "vault_status", Scopes.VaultRead, calls.DescribeAsync),
        ])
        {
            var served = route;
            endpoints.MapMethods(route.Path, [route.Method], context => ServeAsync(context, served));
        }
    }

    private async Task ServeAsync(HttpContext context, VaultApiRoute route)
    {
        using var deadline = new CancellationTokenSource(options.CallTimeout, time);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        try
        {
            var answer = await AuthenticateAsync(context, route, cancelled.Token);
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

    private async Task<ApiAnswer> AuthenticateAsync(HttpContext context, VaultApiRoute route, CancellationToken cancellation)
    {
        var decision = await access.AuthenticateAsync(context);
        if (decision.Principal is not { } caller)
            return ApiRefusals.Unknown(context, decision);
        var call = new VaultApiCall(caller, CallTarget.Of(route.Scope) with { Vault = context.Request.RouteValues["id"] as string }, authorizer, context, cancellation);
        call.Facts.Target = route.Tool;
        if (call.Id is { } vault)
            call.Facts.AddVault(NearestName.Shorten(vault));
        using var span = CallTrace.IsOn ? CallSpan.Start($"{route.Method} {route.Path}", caller.Tenant, name => context.Request.Headers[name]) : null;
        var start = accessLog.Begin();
        var record = audit.Begin(caller, context.Connection.RemoteIpAddress, route.Tool, via: "api");
        call.Facts.End = CallEnd.Failed;
        try
        {
            var answer = await AuthorizeAsync(call, route, record);
            call.Facts.End = answer.End;
            return answer;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            call.Facts.End = CallEnd.Cancelled;
            throw;
        }
        finally
        {
            record?.End(call.Facts);
            accessLog.End(start, caller, context.Connection.RemoteIpAddress, $"{route.Method} {route.Path}", call.Facts);
        }
    }

    private async Task<ApiAnswer> AuthorizeAsync(VaultApiCall call, VaultApiRoute route, AuditedCall? record)
    {
        var context = call.Http;
        if (!authorizer.Allows(call.Caller, call.Target))
            return refusals.Forbidden(context, call.Caller, call.Target);
        try
        {
            await limits.RequestAsync(context, call.Caller);
            if (context.Request.Query.Keys.FirstOrDefault(name => !route.Query.Contains(name)) is { } unknown)
                return ApiAnswer.Fail(StatusCodes.Status400BadRequest, NearestName.Unknown("The query of this path", unknown, route.Query));
            if (HttpMethods.IsPost(context.Request.Method))
                MediaTypes.RequireJson(context.Request.Headers);
            using var body = await RequestBody.ReadAsync(context.Request, options.MaxBodyBytes);
            await limits.BodyAsync(context, call.Caller, body.Bytes.Length);
            return await RunAsync(call with { Body = body.Bytes }, route, record);
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

    private async Task<ApiAnswer> RunAsync(VaultApiCall call, VaultApiRoute route, AuditedCall? record)
    {
        using var place = admission.Enter(call.Caller);
        if (record is null)
            return await route.Serve(call);
        record.Given(call.Body.Span);
        await record.BeginAsync(call.Cancellation);
        var answer = await route.Serve(call);
        if (!HttpMethods.IsGet(route.Method))
            record.Answered(answer.Json.Span);
        return answer;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Method} request to the vault API failed")]
    private partial void LogDefect(Exception e, string method);
}

/// <summary>One request: who, what, and its body.</summary>
internal sealed record VaultApiCall(
    Principal Caller, CallTarget Target, Authorizer Authorizer, HttpContext Http, CancellationToken Cancellation)
{
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What is noted about the call for records.</summary>
    public CallFacts Facts { get; } = new();

    public TenantId Tenant => Caller.Tenant;

    /// <summary>The rights that the caller has to a vault.</summary>
    public AccessRights RightsTo(VaultName vault) => Authorizer.RightsTo(Caller, Target with { Vault = vault.Value });

    public string? Id => Http.Request.RouteValues["id"] as string;

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public string? IdempotencyKey => Http.Request.Headers.TryGetValue("Idempotency-Key", out var key) && key.Count == 1 ? key[0] : null;
}
