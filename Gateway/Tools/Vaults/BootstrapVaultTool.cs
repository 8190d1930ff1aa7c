using Granary.Gateway.Access;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>bootstrap_vault</c> (specification, 10.3): a Backpack vault.</summary>
internal sealed class BootstrapVaultTool(VaultAccess access) : VaultTool(access)
{
    public override Tool Definition { get; } = ToolDefinition.Create(
        "bootstrap_vault",
        "Bootstrap vault",
        "Create a Backpack vault: signed statements of several actors, with beliefs. Fails when a vault of that name exists.",
        $$"""
        {"type":"object","properties":{
          {{VaultArgument.Path.Properties}},
          "uid":{"type":"string","minLength":1,"maxLength":256,"description":"The vault's own id; a random UUID where left out"},
          "actor":{"type":"string","minLength":1,"maxLength":256,"default":"sovereign_genesis","description":"The actor of the first events"},
          "quorum":{"type":"boolean","default":false,"description":"Also make a second key, which can stand in for the first"}
        },"required":["path"]}
        """,
        $$"""
        {"type":"object","properties":{
          "success":{"type":"boolean"},"vault_path":{"type":"string"},"root_key_id":{"type":"string"},{{BirthSchema.Members}},
          "errors":{"type":"array","items":{"type":"string"} }
        },"required":["success","vault_path","uid","root_key_id","quorum_key_id","merkle_root","genesis_event_id","errors"]}
        """,
        ToolEffect.Creates.ToAnnotations());

    public override string? Scope => Scopes.VaultWrite;

    protected override VaultArgument Argument => VaultArgument.Path;

    protected override async ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault, VaultName name)
    {
        var created = await vault.CreateAsync(
            new VaultCreation
            {
                Format = "backpack",
                Uid = Text(call, "uid"),
                Actor = Text(call, "actor"),
                Quorum = Optional(call, "quorum")?.GetBoolean() ?? false,
            },
            call.Cancellation);
        return ToolResult.Object(json =>
        {
            json.WriteBoolean("success", true);
            json.WriteString("vault_path", created.Vault);
            json.WriteString("root_key_id", created.KeyId);
            BirthSchema.Write(json, created);
            json.WriteStartArray("errors");
            json.WriteEndArray();
        });
    }
}
