using System.Collections.Frozen;
using Granary.Gateway.Access;
using Granary.Gateway.Audit;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Tools;
using Granary.Spelling;
using Granary.Tenants;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>How a request ended: the HTTP status that goes with its reply, or silence for a request its client cancelled.</summary>
internal readonly record struct Outcome(int HttpStatus, bool IsSilent = false, string? Challenge = null)
{
    public static Outcome Ok { get; } = new(200);

    /// <summary>The reply is a list (<see cref="IRpcMethod.IsList"/>).</summary>
    public static Outcome List { get; } = new(200) { IsList = true };

    public bool IsList { get; private init; }

    public static Outcome Silent { get; } = new(202, IsSilent: true);
}

/// <summary>Finds the method, runs it, and turns whatever it throws into the protocol's own errors. Nothing escapes.</summary>
internal sealed partial class Dispatcher(
    IEnumerable<IRpcMethod> methods, TenantAdmission admission, Refusals refusals, Challenges challenges, AccessLog accessLog, ILogger<Dispatcher> log)
{
    private readonly FrozenDictionary<string, IRpcMethod> _methods = methods.ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);
    private readonly ILogger<Dispatcher> _log = log;

    public ValueTask<Outcome> DispatchAsync(CallChannel call, ReplyBuffer reply) => CallTrace.IsOn ? TraceAsync(call, reply) : ServeAsync(call, reply);

    private async ValueTask<Outcome> TraceAsync(CallChannel call, ReplyBuffer reply)
    {
        var method = _methods.ContainsKey(call.Envelope.Method) ? call.Envelope.Method : "unknown";
        using var span = CallSpan.Start(method, call.Caller.Tenant, call.Header, call.Envelope.Meta);
        span?.SetTag("mcp.method.name", method).SetTag("mcp.protocol.version", call.Revision);
        return await ServeAsync(call, reply);
    }

    private ValueTask<Outcome> ServeAsync(CallChannel call, ReplyBuffer reply) =>
        accessLog.Begin() is not 0 and var start ? LogAsync(start, call, reply) : RunAsync(call, reply);

    private async ValueTask<Outcome> LogAsync(long start, CallChannel call, ReplyBuffer reply)
    {
        var outcome = await RunAsync(call, reply);
        if ((call.Envelope.Name ?? call.Envelope.Uri) is { } asked)
            call.Facts.Target ??= NearestName.Shorten(asked);
        accessLog.End(start, call.Caller, call.Origin.Source.Address, NearestName.Shorten(call.Envelope.Method), call.Facts);
        return outcome;
    }

    private async ValueTask<Outcome> RunAsync(CallChannel call, ReplyBuffer reply)
    {
        try
        {
            if (!_methods.TryGetValue(call.Envelope.Method, out var method) || !(call.IsModern ? method.InModern : method.InLegacy))
                throw RpcException.MethodNotFound(call.Envelope.Method, call.IsModern ? 404 : 200);
            using var place = method.IsCounted ? admission.Enter(call.Caller) : null;
            await method.InvokeAsync(call, reply);
            return method.IsList ? Outcome.List : Outcome.Ok;
        }
        catch (RpcException e)
        {
            return Fail(call, reply, e);
        }
        catch (InputRequiredException e) when (call.Envelope.Method is RequestMethods.ToolsCall or RequestMethods.PromptsGet or RequestMethods.ResourcesRead)
        {
            call.Facts.End = CallEnd.InputRequired;
            ResultWriter.Write(reply, call, e.Result);
            return Outcome.Ok;
        }
        catch (MissingRequiredClientCapabilityException e)
        {
            return Fail(call, reply, MissingCapability(e));
        }
        catch (OperationCanceledException) when (call.WasCancelled)
        {
            call.Facts.End = CallEnd.Cancelled;
            return Outcome.Silent;
        }
        catch (OperationCanceledException)
        {
            return Fail(call, reply, new RpcException(RpcErrors.Internal, call.WhyStopped));
        }
        catch (TenantException e)
        {
            return Fail(call, reply, FromTenant(e));
        }
        catch (McpProtocolException e)
        {
            return Fail(call, reply, new RpcException((int)e.ErrorCode, e.Message));
        }
        catch (Exception e)
        {
            LogDefect(e, call.Envelope.Method, call.Caller.Tenant.Value);
            return Fail(call, reply, new RpcException(RpcErrors.Internal, "Internal error: the server failed to serve this request and has logged why."));
        }
    }

    private Outcome Fail(CallChannel call, ReplyBuffer reply, RpcException error)
    {
        call.Facts.End = call.EndOf(error);
        if (error.Rule is { } rule)
            refusals.Record(call.Origin.Source.Address, error.HttpStatus, rule, call.Caller.Name);
        CallSpan.Fail(error.Code.ToString(System.Globalization.CultureInfo.InvariantCulture));
        RpcWriter.Error(reply, call.Envelope.Id, error);
        return new Outcome(error.HttpStatus, Challenge: error.NeededScopes is { } scopes ? challenges.InsufficientScope(scopes) : error.Challenge);
    }

    private static RpcException FromTenant(TenantException e) => e.Failure switch
    {
        TenantFailure.InvalidInput or TenantFailure.NotFound or TenantFailure.AlreadyExists or TenantFailure.KeyReused => RpcException.InvalidParams(e.Message),
        _ => new RpcException(RpcErrors.Internal, e.Message, data: data =>
        {
            data.WriteStartObject();
            TenantFailures.WriteKind(data, e);
            data.WriteEndObject();
        }),
    };

    private static RpcException MissingCapability(MissingRequiredClientCapabilityException e) => new(
        RpcErrors.MissingRequiredClientCapability,
        e.Message,
        400,
        data =>
        {
            data.WriteStartObject();
            data.WritePropertyName("requiredCapabilities");
            Wire.Write(data, e.RequiredCapabilities);
            data.WriteEndObject();
        });

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed for tenant {Tenant}")]
    private partial void LogDefect(Exception e, string method, string tenant);
}
