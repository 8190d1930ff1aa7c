using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Access;
using Granary.Gateway.Audit;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Tools;
using Granary.Tenants;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

/// <summary><c>tools/call</c>: finds the tool, checks scope and arguments, runs it within its tenant's bounds, frames what it answers.</summary>
internal sealed class ToolsCall(ToolCatalog catalog, TenantAdmission admission, ToolMetrics metrics, Authorizer authorizer, AuditTrail audit) : IRpcMethod
{
    public string Name => RequestMethods.ToolsCall;

    public async ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply)
    {
        var name = call.Envelope.Name ?? throw RpcException.InvalidParams("'params.name' is required: the name of a tool.");
        call.Envelope.RefuseMisspelled();
        if (!catalog.TryGet(name, out var entry))
            throw RpcException.InvalidParams(catalog.Unknown(name));
        call.Facts.Target = entry.Tool.Definition.Name;
        CallSpan.Name(entry.Tool.Definition.Name);
        var record = audit.Begin(call.Caller, call.Origin.Source.Address, entry.Tool.Definition.Name, call.Envelope.Meta.WantsReceipt);
        try
        {
            if (entry.Target is { } target)
                authorizer.Require(call.Caller, target);
            using var arguments = call.Envelope.ParseArguments();
            var (result, receipt) = record is null
                ? (await MeasureAsync(entry, name, arguments, call), null)
                : await RecordAsync(record, entry, name, arguments, call);
            // Clients check structuredContent against the output schema even where the call failed, and then show their own error instead of ours.
            ToolResultWriter.Write(reply, call, result, receipt, structuredFailures: entry.Tool.Definition.OutputSchema is null);
        }
        catch (Exception e) when (Ends(record, call, e))
        {
            throw;
        }
    }

    /// <summary>Notes how a call ended that has no result. Never true.</summary>
    private static bool Ends(AuditedCall? record, CallChannel call, Exception failure)
    {
        call.Facts.End = call.EndOf(failure);
        record?.End(call.Facts);
        return false;
    }

    private async ValueTask<(ToolResult Result, JsonObject? Receipt)> RecordAsync(AuditedCall record, ToolEntry entry, string name, JsonDocument arguments, CallChannel call)
    {
        record.Given(JsonMarshal.GetRawUtf8Value(arguments.RootElement));
        ToolResult result;
        try
        {
            await record.BeginAsync(call.Cancellation);
            result = await MeasureAsync(entry, name, arguments, call);
        }
        catch (TenantException e)
        {
            call.Facts.End = CallEnd.Refused;
            result = TenantFailures.ToResult(e);
        }
        if (entry.Tool.Definition.Annotations?.ReadOnlyHint != true)
            record.Answered(result.Bytes.Span);
        return (result, await record.EndAsync(call.Facts, call.Cancellation));
    }

    private async ValueTask<ToolResult> MeasureAsync(ToolEntry entry, string name, JsonDocument document, CallChannel call)
    {
        var start = metrics.Start();
        ToolResult? result = null;
        try
        {
            var arguments = document.RootElement;
            // Invalid arguments are an answer the model can act on, not a protocol error (SEP-1303).
            if (entry.Problems(ref arguments) is { } problems)
                return result = ToolResult.Error(problems);
            using (admission.Enter(call.Caller))
                return result = await entry.Tool.CallAsync(new ToolCall(call, name, arguments, authorizer, document));
        }
        catch (Exception e) when (ResultOf(e, call) is { } failed)
        {
            return result = failed;
        }
        finally
        {
            if (result is not null)
                call.Facts.End = result.IsError ? CallEnd.Error : CallEnd.Ok;
            if (result is { IsError: true })
                CallSpan.Fail("tool_error");
            metrics.Record(entry.Tool.Definition.Name, call.Caller.Tenant, start, result);
        }
    }

    /// <summary>What of a tool's failures is for the model to act on; null for what is an error of the protocol.</summary>
    private static ToolResult? ResultOf(Exception failure, CallChannel call) => failure switch
    {
        TenantException e => TenantFailures.ToResult(e),
        MissingRequiredClientCapabilityException when !call.IsModern => ToolResult.Error(failure.Message),
        McpException when failure is not McpProtocolException => ToolResult.Error(failure.Message),
        OperationCanceledException when !call.WasCancelled => ToolResult.Error(call.WhyStopped),
        _ => null,
    };
}
