using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>list_vaults</c>: which vaults the tenant has, a page at a time.</summary>
internal sealed class ListVaultsTool(VaultAccess access) : ITool
{
    private const int DefaultLimit = 100;

    public Tool Definition { get; } = ToolDefinition.Create(
        "list_vaults",
        "List vaults",
        "The names of your tenant's vaults, in order. Go on with after = next until next is null.",
        $$"""
        {"type":"object","properties":{
          "prefix":{"type":"string","maxLength":{{VaultName.MaxBytes}},"description":"Only names that begin so, for example \"team/\""},
          "after":{"type":"string","maxLength":{{VaultName.MaxBytes}},"description":"Only names beyond this one: next of the page before"},
          "limit":{"type":"integer","minimum":1,"maximum":{{VaultListing.MaxLimit}},"default":{{DefaultLimit}} }
        },"required":[]}
        """,
        """
        {"type":"object","properties":{
          "vaults":{"type":"array","items":{"type":"string"},"description":"Names, as vault_path takes them"},
          "count":{"type":"integer"},
          "next":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"What to give as after for the next page; null at the end"}
        },"required":["vaults","count","next"]}
        """,
        ToolEffect.Reads.ToAnnotations());

    public IReadOnlyList<string> Categories { get; } = ["vault"];

    public string? Scope => Scopes.VaultRead;

    public async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var limit = call.Arguments.TryGetProperty("limit", out var given) ? (int)given.GetDouble() : DefaultLimit;
        if (!VaultPages.TryRead(Text(call, "prefix"), Text(call, "after"), limit, out var listing, out var problem))
            return ToolResult.Error(problem);
        var page = await access.Tenants.ListVaultsAsync(call.Tenant, listing, call.Cancellation);
        // A page may be shorter than it was asked for: what the caller may not read is not in it.
        var readable = CallTarget.Of(Scopes.VaultRead) with { Tool = call.Name };
        var shown = page with { Vaults = [.. page.Vaults.Where(vault => call.Allows(readable with { Vault = vault.Value }))] };
        return ToolResult.Object(json => VaultPages.Write(json, shown));
    }

    private static string? Text(ToolCall call, string name) =>
        call.Arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
