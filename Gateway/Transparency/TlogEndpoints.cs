using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Api;
using Granary.Gateway.Audit;
using Granary.Gateway.Configuration;
using Granary.Gateway.Invocation;
using Granary.Gateway.Limits;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Tools;
using Granary.Gateway.Tools.Vaults;
using Granary.Tenants;

namespace Granary.Gateway.Transparency;

/// <summary>
/// Each vault as a C2SP tiled log (c2sp.org/tlog-tiles): <c>checkpoint</c>, <c>tile/L/N</c>, <c>tile/entries/N</c>; <c>vkey</c> and <c>tenant-vkey</c> with the
/// verifier keys of the vault and of its tenant, and <c>stamps</c> with what authorities outside have stamped.
/// It holds hashes and sizes, never what events say. Callers who may read the vault may read it, and everybody where the policy says so.
/// </summary>
internal sealed partial class TlogEndpoints(
    GatewayOptions options, IAccess access, Authorizer authorizer, Policy policy, ApiRefusals refusals, RateLimits limits,
    TenantAdmission admission, AccessLog accessLog, ITenants tenants, CosignedCheckpoints checkpoints, TimeProvider time, ILogger<TlogEndpoints> log)
{
    private const string Vault = LogNames.Root + "/{tenant}/{vault}";

    private static readonly IReadOnlySet<string> NoScopes = new HashSet<string>();

    private readonly ILogger<TlogEndpoints> _log = log;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        if (!options.Selects(["vault"]))
            return;
        endpoints.MapMethods($"{Vault}/checkpoint", [HttpMethods.Get, HttpMethods.Head], context => ServeAsync(context, "checkpoint", WriteCheckpointAsync));
        endpoints.MapMethods($"{Vault}/vkey", [HttpMethods.Get, HttpMethods.Head], context => ServeAsync(context, "vkey", WriteKeyAsync));
        endpoints.MapMethods($"{Vault}/tenant-vkey", [HttpMethods.Get, HttpMethods.Head], context => ServeAsync(context, "tenant-vkey", WriteTenantKeyAsync));
        endpoints.MapMethods($"{Vault}/stamps", [HttpMethods.Get, HttpMethods.Head], context => ServeAsync(context, "stamps", WriteStampsAsync));
        endpoints.MapMethods($"{Vault}/tile/{{**tile}}", [HttpMethods.Get, HttpMethods.Head], context => ServeAsync(context, "tile", WriteTileAsync));
    }

    private async Task WriteCheckpointAsync(LogRequest request)
    {
        var note = await checkpoints.GetAsync(request.Vault, request.Origin, request.Cancellation);
        await WriteAsync(request.Http, note.Write(), "text/plain; charset=utf-8");
    }

    private Task WriteKeyAsync(LogRequest request) => WriteKeyAsync(request, "verifier_key", "");

    private Task WriteTenantKeyAsync(LogRequest request) => WriteKeyAsync(
        request, "tenant_key", "This log is signed with the vault's key alone: its tenant has no key here, or the silo is of a version that knows none.");

    private static async Task WriteKeyAsync(LogRequest request, string member, string missing)
    {
        using var answer = await RunAsync(request, "log_checkpoint", json => json.WriteString("origin", request.Origin));
        // An older silo does not say.
        var key = answer.RootElement.TryGetProperty(member, out var found) ? found.GetString() : null;
        await WriteAsync(
            request.Http, Encoding.UTF8.GetBytes((key ?? throw new TenantException(TenantFailure.NotFound, missing)) + "\n"), "text/plain; charset=utf-8");
    }

    private async Task WriteStampsAsync(LogRequest request)
    {
        using var answer = await RunAsync(request, "log_stamps", _ => { });
        await WriteAsync(request.Http, Encoding.UTF8.GetBytes(answer.RootElement.GetRawText()), MediaTypeNames.Application.Json);
    }

    private async Task WriteTileAsync(LogRequest request)
    {
        using var answer = await RunAsync(request, "log_tile", json => json.WriteString("tile", request.Http.Request.RouteValues["tile"] as string ?? "-"));
        var bytes = answer.RootElement.GetProperty("bytes").GetBytesFromBase64();
        // A tile never changes; whether others may keep it depends on whether they may have it.
        request.Http.Response.Headers.CacheControl = $"{(request.IsPublic ? "public" : "private")}, max-age=31536000, immutable";
        await WriteAsync(request.Http, bytes, MediaTypeNames.Application.Octet);
    }

    private static Task<JsonDocument> RunAsync(LogRequest request, string operation, Action<Utf8JsonWriter> arguments) =>
        VaultJson.RunAsync(request.Vault, operation, arguments, request.Cancellation);

    private static async Task WriteAsync(HttpContext context, byte[] bytes, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(bytes);
    }

    private async Task ServeAsync(HttpContext context, string what, Func<LogRequest, Task> serve)
    {
        var (start, visit) = (accessLog.Begin(), new Visit(context));
        using var deadline = new CancellationTokenSource(options.CallTimeout, time);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        var failure = await FailureOfAsync(visit, serve, cancelled.Token);
        if (failure is not null && !context.Response.HasStarted)
            await failure.WriteAsync(context.Response);
        if (visit.Caller is not { } caller)
            return;
        visit.Facts.End = failure?.End ?? (context.RequestAborted.IsCancellationRequested ? CallEnd.Cancelled : CallEnd.Ok);
        accessLog.End(start, caller, context.Connection.RemoteIpAddress, $"{context.Request.Method} {Vault}/{what}", visit.Facts);
    }

    private async Task<ApiAnswer?> FailureOfAsync(Visit visit, Func<LogRequest, Task> serve, CancellationToken cancellation)
    {
        try
        {
            return await AnswerAsync(visit, serve, cancellation);
        }
        catch (RpcException e)
        {
            return ApiAnswer.Fail(e.HttpStatus, e.Message, e.RetryAfter);
        }
        catch (TenantException e)
        {
            return ApiAnswer.Fail(e);
        }
        catch (OperationCanceledException)
        {
            return visit.Http.RequestAborted.IsCancellationRequested
                ? null
                : ApiAnswer.Fail(StatusCodes.Status504GatewayTimeout, "Making this took longer than this server waits; ask again.");
        }
        catch (Exception e)
        {
            LogDefect(e);
            return ApiAnswer.Fail(StatusCodes.Status500InternalServerError, "Internal error: the server failed to serve this request and has logged why.");
        }
    }

    /// <returns>A refusal; null where the answer was written.</returns>
    private async Task<ApiAnswer?> AnswerAsync(Visit visit, Func<LogRequest, Task> serve, CancellationToken cancellation)
    {
        var context = visit.Http;
        if (!TenantId.TryParse(context.Request.RouteValues["tenant"] as string, out var tenant, out _)
            || !LogNames.TryReadVault(context.Request.RouteValues["vault"] as string, out var vault))
            return ApiAnswer.Fail(StatusCodes.Status404NotFound, "There is no such log: the path is /log/TENANT/VAULT, a slash in the vault's name as %2F.");
        visit.Facts.AddVault(vault.Value);
        var target = CallTarget.Of(Scopes.VaultRead) with { Vault = vault.Value };
        var isPublic = policy.IsPublic(tenant, target);
        if (!isPublic)
        {
            var decision = await access.AuthenticateAsync(context);
            if (decision.Principal is not { } known)
                return ApiRefusals.Unknown(context, decision);
            visit.Caller = known;
            // In the same words for another tenant's vault, whether it exists or not.
            if (known.Tenant != tenant || !authorizer.Allows(known, target))
                return refusals.Forbidden(context, known, target);
            await limits.RequestAsync(context, known);
        }
        else
        {
            await limits.StrangerAsync(context, visit.Caller = new Principal(tenant, "public", NoScopes));
        }
        using (admission.Enter(visit.Caller))
        {
            var rights = isPublic ? AccessRights.Read : authorizer.RightsTo(visit.Caller, target);
            await serve(new LogRequest(context, tenants.Vault(tenant, vault, rights), LogNames.Origin(options, tenant, vault), isPublic, cancellation));
        }
        return null;
    }

    /// <summary>What is noted about a request for records.</summary>
    private sealed class Visit(HttpContext http)
    {
        public HttpContext Http => http;

        public CallFacts Facts { get; } = new();

        public Principal? Caller { get; set; }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request for a vault's log failed")]
    private partial void LogDefect(Exception e);
}

/// <summary>A request that was let in.</summary>
internal sealed record LogRequest(HttpContext Http, IVault Vault, string Origin, bool IsPublic, CancellationToken Cancellation);
