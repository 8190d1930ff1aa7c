using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>What the vault tools share: the vault that the call names inside the caller's tenant, and results as JSON objects.</summary>
internal abstract class VaultTool(VaultAccess access) : ITool
{
    public abstract Tool Definition { get; }

    public IReadOnlyList<string> Categories { get; } = ["vault"];

    public abstract string? Scope { get; }

    public virtual IReadOnlyList<string> TakesAny => [];

    /// <summary>What it does to the vault that is named.</summary>
    private CallTarget Target => field.Needs == AccessRights.None ? field = CallTarget.Of(Scope!) with { Tool = Definition.Name } : field;

    /// <summary>Which argument names the vault.</summary>
    protected virtual VaultArgument Argument => VaultArgument.VaultPath;

    public async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        if (access.Find(call, Argument, Target, out var problem) is not { } found)
            return ToolResult.Error(problem!);
        try
        {
            return await CallAsync(call, found.Vault, found.Name);
        }
        catch (TenantException e) when (e.Failure == TenantFailure.NotFound)
        {
            return await VaultAccess.NotFoundAsync(found.Vault, found.Name, e, call.Cancellation);
        }
    }

    protected abstract ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault, VaultName name);

    /// <summary>An optional argument; null and absent are the same, as in the older server's schemas.</summary>
    protected static JsonElement? Optional(ToolCall call, string name) =>
        call.Arguments.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>An optional text.</summary>
    protected static string? Text(ToolCall call, string name) => Optional(call, name)?.GetString();
}
