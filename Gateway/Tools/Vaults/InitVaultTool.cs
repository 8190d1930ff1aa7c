using Granary.Gateway.Access;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>init_vault</c>: creates a vault. The older server had none; a gateway cannot do without.</summary>
internal sealed class InitVaultTool(ITenants tenants) : VaultTool(tenants)
{
    public override Tool Definition { get; } = ToolDefinition.Create(
        "init_vault",
        "Create vault",
        "Create an empty vault with a fresh signing key. Fails when a vault of that name exists. Keep the public key: whoever has it can verify the vault elsewhere.",
        $$"""
        {"type":"object","properties":{"vault_path":{{VaultPathSchema}}},"required":["vault_path"]}
        """,
        """
        {"type":"object","properties":{
          "vault":{"type":"string"},"format":{"type":"string"},"created":{"type":"string"},
          "key_id":{"type":"string"},"public_key":{"type":"string","description":"Raw Ed25519 public key in Base64"},"event_count":{"type":"integer"}
        },"required":["vault","format","created","key_id","public_key","event_count"]}
        """,
        new ToolAnnotations { ReadOnlyHint = false, DestructiveHint = false, IdempotentHint = false, OpenWorldHint = false });

    public override string? Scope => Scopes.VaultWrite;

    protected override async ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault)
    {
        var created = await vault.CreateAsync(call.Cancellation);
        return ToolResult.Object(json =>
        {
            json.WriteString("vault", created.Vault);
            json.WriteString("format", created.Format);
            json.WriteString("created", created.Created);
            json.WriteString("key_id", created.KeyId);
            json.WriteString("public_key", created.PublicKey);
            json.WriteNumber("event_count", created.EventCount);
        });
    }
}
