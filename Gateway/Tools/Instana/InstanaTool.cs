using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Instana;
using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Instana;

/// <summary>
/// A tool over Instana operations: finds the caller's connection and hands the operation on as it was written. What is wrong with it is said by
/// the operation itself, all at once and in the words clients know, so the gateway does not check the arguments before.
/// </summary>
internal abstract class InstanaTool(InstanaToolDefinition definition, ITenants tenants, GatewayOptions options, TimeProvider time) : ITool
{
    /// <summary>A client that waits longer than this without a word may think that nothing happens.</summary>
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(5);

    /// <summary>Below this, text and structured content together are cheaper than explaining.</summary>
    private const int ShortAnswer = 2000;

    public Tool Definition { get; } = ToolDefinition.Create(
        definition.Name,
        definition.Title,
        definition.FullDescription,
        definition.InputSchemaJson,
        annotations: new ToolAnnotations
        {
            ReadOnlyHint = definition.ReadOnly,
            DestructiveHint = definition.Destructive,
            IdempotentHint = definition.ReadOnly,
            OpenWorldHint = true,
        });

    public IReadOnlyList<string> Categories { get; } = [definition.Category];

    /// <summary>Reading is enough to call it; an operation that changes something asks for more.</summary>
    public string? Scope => Scopes.InstanaRead;

    public bool ChecksItsArguments => true;

    public async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        if (InstanaTools.Read(definition.Name, call.Arguments, out var refusal) is not { } read)
            return ToolResult.Json(refusal!.Json, isError: true);
        // 1. What it may change.
        if (InstanaTools.Find(read) is { ReadOnly: false } row)
        {
            if (options.ReadOnly)
                return Refused(row, "read_only", $"{row.Name} changes something, and this server only reads (--read-only).");
            ScopeCheck.Require(call.Caller, Scopes.InstanaWrite);
        }
        // 2. Where it goes.
        var caller = call.IsHttp ? InstanaCaller.Http : InstanaCaller.Process;
        if (!ConnectionResolver.TryResolve(call.Header, options.Instana, caller, read.Unit, out var connection, out var problem))
            return Unconnected(read.Operation, problem);
        // 3. The call; once more where a person confirms what cannot be undone.
        var instana = tenants.Instana(call.Tenant, connection);
        var result = await RunAsync(instana, read, call);
        if (result.IsError && result.Json.Span.IndexOf("\"reason\":\"confirmation_required\""u8) >= 0 && call.CanAsk(RequestMethods.ElicitationCreate))
        {
            if (!await ConfirmAsync(call, read))
                return Refused(InstanaTools.Find(read)!, "not_confirmed", "The user did not confirm; nothing was changed.");
            result = await RunAsync(instana, read with { Params = WithConfirm(read.Params) }, call);
        }
        return result.IsError || result.Json.Length <= ShortAnswer
            ? ToolResult.Json(result.Json, result.IsError)
            : ToolResult.Json(result.Json, $"{definition.Name} {read.Operation}: the answer ({result.Json.Length} bytes of JSON) is in structuredContent.");
    }

    /// <summary>Carries it out, with a word to the client every 5 s: a slow backend must not look like a dead one.</summary>
    private async Task<InstanaResult> RunAsync(IInstana instana, OperationCall read, ToolCall call)
    {
        var work = instana.CallAsync(
            new InstanaCall(definition.Name, read.ResourceType, read.Operation, read.Params) { Tracking = call.Tracking, Deadline = call.Deadline }, call.Cancellation);
        if (work.IsCompleted)
            return await work;
        var start = time.GetTimestamp();
        while (true)
        {
            using var timer = new CancellationTokenSource();
            if (await Task.WhenAny(work, Task.Delay(BetweenReports, time, timer.Token)) == work)
            {
                await timer.CancelAsync();
                return await work;
            }
            var seconds = (int)time.GetElapsedTime(start).TotalSeconds;
            await call.ReportProgressAsync(seconds, message: $"Waiting for Instana: {seconds} s");
            await call.LogAsync(LoggingLevel.Info, $"[{definition.Name}:{read.ResourceType}] {read.Operation}: waiting for Instana ({seconds} s)");
        }
    }

    private static async Task<bool> ConfirmAsync(ToolCall call, OperationCall read)
    {
        var row = InstanaTools.Find(read)!;
        var response = await call.AskAsync("confirm", InputRequest.ForElicitation(new ElicitRequestParams
        {
            Message = $"{row.Summary}: {row.Name} with {Shown(read.Params)}. This cannot be undone. Do it?",
            RequestedSchema = new ElicitRequestParams.RequestSchema
            {
                Properties = { ["confirm"] = new ElicitRequestParams.BooleanSchema { Title = "Confirm", Description = "true makes the change" } },
                Required = ["confirm"],
            },
        }));
        return response.Deserialize(InputResponse.ElicitResultJsonTypeInfo) is { Action: "accept", Content: { } content }
            && content.TryGetValue("confirm", out var confirmed) && confirmed.ValueKind == JsonValueKind.True;
    }

    private static string Shown(ReadOnlyMemory<byte> parameters)
    {
        var text = Encoding.UTF8.GetString(parameters.Span);
        return text.Length <= 300 ? text : text[..300] + "…";
    }

    private static byte[] WithConfirm(ReadOnlyMemory<byte> parameters)
    {
        var json = parameters.IsEmpty ? [] : JsonNode.Parse(parameters.Span)!.AsObject();
        json["confirm"] = true;
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static ToolResult Refused(InstanaOperationDefinition row, string reason, string message) => ToolResult.Object(
        json =>
        {
            json.WriteString("operation", row.Name);
            json.WriteString("error", message);
            json.WriteString("message", message);
            json.WriteString("reason", reason);
            json.WriteString("code", reason);
            json.WriteBoolean("elicitation_needed", false);
        },
        isError: true);

    private static ToolResult Unconnected(string operation, string problem) => ToolResult.Object(
        json =>
        {
            json.WriteString("operation", operation);
            json.WriteString("error", problem);
            json.WriteString("message", problem);
            json.WriteString("reason", "missing_credentials");
            json.WriteBoolean("elicitation_needed", false);
        },
        isError: true);
}
