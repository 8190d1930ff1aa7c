using System.Runtime.InteropServices;
using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Instana;

/// <summary>
/// A tool over Instana operations: finds the caller's connection and hands the operation on as it was written. What is wrong with it is said by
/// the operation itself, all at once and in the words clients know, so the gateway does not check the arguments before.
/// </summary>
internal abstract class InstanaTool(InstanaToolDefinition definition, ITenants tenants, GatewayOptions options) : ITool
{
    public Tool Definition { get; } = ToolDefinition.Create(
        definition.Name,
        definition.Title,
        definition.Description,
        definition.InputSchemaJson,
        annotations: new ToolAnnotations
        {
            ReadOnlyHint = definition.ReadOnly,
            DestructiveHint = false,
            IdempotentHint = definition.ReadOnly,
            OpenWorldHint = true,
        });

    public IReadOnlyList<string> Categories { get; } = [definition.Category];

    public string? Scope { get; } = definition.ReadOnly ? Scopes.InstanaRead : Scopes.InstanaWrite;

    public bool ChecksItsArguments => true;

    public async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var caller = call.IsHttp ? InstanaCaller.Http : InstanaCaller.Process;
        if (!ConnectionResolver.TryResolve(call.Header, options.Instana, caller, out var connection, out var problem))
            return ToolResult.Object(json => json.WriteString("error", problem), isError: true);
        var result = await tenants.Instana(call.Tenant, connection).CallAsync(
            new InstanaCall(definition.Name, Text(call, "resource_type"), Text(call, "operation") ?? "", Params(call))
            {
                Tracking = call.Tracking,
                Deadline = call.Deadline,
            },
            call.Cancellation);
        return ToolResult.Json(result.Json, result.IsError);
    }

    private static string? Text(ToolCall call, string name) =>
        call.Arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ReadOnlyMemory<byte> Params(ToolCall call) =>
        call.Arguments.TryGetProperty("params", out var value) ? JsonMarshal.GetRawUtf8Value(value).ToArray() : default;
}
