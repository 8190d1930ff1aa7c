using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>verify_chain</c>: checks a vault as it is stored, and says what it found.</summary>
internal sealed class VerifyChainTool(ITenants tenants) : VaultTool(tenants)
{
    public override Tool Definition { get; } = ToolDefinition.Create(
        "verify_chain",
        "Verify chain",
        "Verify every hash, link and signature of a vault. Returns valid, and each finding with its place, rule and reason.",
        $$"""
        {"type":"object","properties":{"vault_path":{{VaultPathSchema}}},"required":["vault_path"]}
        """,
        """
        {"type":"object","properties":{
          "valid":{"type":"boolean"},"event_count":{"type":"integer"},"head":{"type":"string"},
          "findings":{"type":"array","items":{"type":"object","properties":{
            "position":{"type":["integer","null"]},"rule":{"type":"string"},"reason":{"type":"string"}},"required":["position","rule","reason"]}},
          "finding_count":{"type":"integer"}
        },"required":["valid","event_count","head","findings","finding_count"]}
        """,
        new ToolAnnotations { ReadOnlyHint = true, IdempotentHint = true, OpenWorldHint = false });

    public override string? Scope => Scopes.VaultRead;

    protected override async ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault)
    {
        await using var progress = new ProgressRelay(call);
        var report = await vault.VerifyAsync(progress, call.Cancellation);
        return ToolResult.Object(json =>
        {
            json.WriteBoolean("valid", report.Valid);
            json.WriteNumber("event_count", report.EventCount);
            json.WriteString("head", report.Head);
            json.WriteStartArray("findings");
            foreach (var finding in report.Findings)
            {
                json.WriteStartObject();
                if (finding.Position is { } position)
                    json.WriteNumber("position", position);
                else
                    json.WriteNull("position");
                json.WriteString("rule", finding.Rule);
                json.WriteString("reason", finding.Reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("finding_count", report.FindingCount);
        });
    }
}
