using Granary.Gateway.Access;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>init_vault</c> (specification, 10.2). The vault's key stays with the vault, so that it can be written to.</summary>
internal sealed class InitVaultTool(VaultAccess access) : VaultTool(access)
{
    public override Tool Definition { get; } = ToolDefinition.Create(
        "init_vault",
        "Create vault",
        "Create a vault with a fresh signing key. Fails when a vault of that name exists. Keep the public key: anyone with it can verify the vault elsewhere.",
        $$"""
        {"type":"object","properties":{
          {{VaultArgument.VaultPath.Properties}},
          "actor_name":{"type":"string","minLength":1,"maxLength":256,"default":"default","description":"Backpack only: the actor of the vault's own events"},
          "format":{"type":"string","enum":["psmc","backpack"],"default":"psmc","description":"psmc: one chain of notes; backpack: signed statements of several actors with beliefs. It cannot be changed"},
          "use_saas":{"type":"boolean","default":false,"description":"Taken for compatibility: vaults are kept here, so only false"}
        },"required":["vault_path"]}
        """,
        $$"""
        {"type":"object","properties":{"success":{"type":"boolean"},"vault_path":{"type":"string"},"vault":{"type":"string"},{{BirthSchema.Members}}},
          "required":["success","vault_path","vault","format","created","key_id","public_key","event_count"]}
        """,
        ToolEffect.Creates.ToAnnotations());

    public override string? Scope => Scopes.VaultWrite;

    protected override async ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault, VaultName name)
    {
        if (Optional(call, "use_saas")?.GetBoolean() == true)
            return ToolResult.Error("use_saas must be false: this server keeps vaults itself and passes none on to a hosted service.");
        var format = Text(call, "format") ?? VaultCreation.Default.Format;
        var creation = VaultCreation.Default with { Format = format, Actor = format == "backpack" ? Text(call, "actor_name") ?? "default" : null };
        var created = await vault.CreateAsync(creation, call.Cancellation);
        return ToolResult.Object(json =>
        {
            json.WriteBoolean("success", true);
            json.WriteString("vault_path", created.Vault);
            json.WriteString("vault", created.Vault);
            BirthSchema.Write(json, created);
        });
    }
}
