using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>
/// <c>verify_chain</c> (specification, 10.1 and 10.3): checks a vault as it is stored, and says what it found. A PSMC vault has one chain, a Backpack
/// vault one for each actor.
/// </summary>
internal sealed class VerifyChainTool(VaultAccess access) : VaultTool(access)
{
    public override Tool Definition { get; } = ToolDefinition.Create(
        "verify_chain",
        "Verify chain",
        "Verify every hash, link and signature of a vault. Returns valid, and each finding with its place, rule and reason.",
        $$"""
        {"type":"object","properties":{ {{VaultArgument.Either.Properties}} },"required":[]}
        """,
        """
        {"type":"object","properties":{
          "valid":{"type":"boolean"},"success":{"type":"boolean","description":"The same as valid"},
          "event_count":{"type":"integer"},"head":{"type":"string"},
          "actors_checked":{"type":"integer","description":"Chains that were checked"},
          "chain_results":{"type":"object","additionalProperties":{"type":"boolean"},
            "description":"By actor, of more than 1000 those with the most events; false where a finding is about one of the actor's events, or about the vault as a whole"},
          "findings":{"type":"array","items":{"type":"object","properties":{
            "position":{"anyOf":[{"type":"integer"},{"type":"null"}]},"rule":{"type":"string"},"reason":{"type":"string"}},"required":["position","rule","reason"]}},
          "finding_count":{"type":"integer"}
        },"required":["valid","success","event_count","head","actors_checked","chain_results","findings","finding_count"]}
        """,
        ToolEffect.Reads.ToAnnotations());

    public override string? Scope => Scopes.VaultRead;

    protected override VaultArgument Argument => VaultArgument.Either;

    protected override async ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault, VaultName name)
    {
        await using var progress = new ProgressRelay(call);
        var report = await vault.VerifyAsync(progress, call.Cancellation);
        var (actors, chains) = await ChainResults.ReadAsync(vault, report, call.Cancellation);
        return ToolResult.Object(json =>
        {
            json.WriteBoolean("valid", report.Valid);
            json.WriteBoolean("success", report.Valid);
            json.WriteNumber("event_count", report.EventCount);
            json.WriteString("head", report.Head);
            json.WriteNumber("actors_checked", actors);
            json.WriteStartObject("chain_results");
            foreach (var (actor, valid) in chains)
                json.WriteBoolean(actor, valid);
            json.WriteEndObject();
            WriteFindings(json, report);
            json.WriteNumber("finding_count", report.FindingCount);
        });
    }

    private static void WriteFindings(Utf8JsonWriter json, VerificationReport report)
    {
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
    }
}
