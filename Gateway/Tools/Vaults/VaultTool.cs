using System.Text.Json;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>What the vault tools share: the vault that <c>vault_path</c> names inside the caller's tenant, and results as JSON objects.</summary>
internal abstract class VaultTool(ITenants tenants) : ITool
{
    /// <summary>The schema of the argument that every vault tool takes.</summary>
    protected const string VaultPathSchema = """
        {"type":"string","description":"Name of the vault inside your tenant, for example \"team/notes\". \"/app/vault\" and \"./vault\" are names too."}
        """;

    public abstract Tool Definition { get; }

    public IReadOnlyList<string> Categories { get; } = ["vault"];

    public abstract string? Scope { get; }

    public async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        if (!VaultName.TryParse(call.Arguments.GetProperty("vault_path").GetString(), out var name, out var problem))
            return ToolResult.Error(problem);
        try
        {
            return await CallAsync(call, tenants.Vault(call.Tenant, name));
        }
        catch (TenantException e) when (e.Failure == TenantFailure.NotFound)
        {
            // The words clients of the older server look for, then what to do about it.
            return TenantFailures.ToResult(new TenantException(TenantFailure.NotFound, $"vault_path is not a directory: {name}. {e.Message}"));
        }
    }

    protected abstract ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault);

    /// <summary>An optional argument; null and absent are the same, as in the older server's schemas.</summary>
    protected static JsonElement? Optional(ToolCall call, string name) =>
        call.Arguments.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
