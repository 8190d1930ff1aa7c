using System.Text.Json.Nodes;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>The policies as far as the protocol prescribes them (the reference's tests 13 to 15 and 17).</summary>
internal sealed class PolicyChecks(IVaultReader reader, FindingList findings)
{
    public async Task<IReadOnlySet<string>> RunAsync(CancellationToken cancellation)
    {
        if (await ReadAsync("policies/safety_policy.json", BackpackRules.Safety, cancellation) is { } safety)
            CheckSafety(safety);
        if (await ReadAsync("policies/retention_policy.json", BackpackRules.Retention, cancellation) is { } retention
            && PrettyJson.Text(retention, "events") != "permanent")
            findings.Add(BackpackRules.Retention, "The retention policy does not keep events permanently.");
        return await ReadAsync("policies/sync_contract.json", BackpackRules.Sync, cancellation) is { } sync ? CheckSync(sync) : new HashSet<string>();
    }

    private async Task<JsonObject?> ReadAsync(string name, Rule rule, CancellationToken cancellation)
    {
        if (await reader.ReadDocumentAsync(name, cancellation) is not { } json)
            return null;
        try
        {
            return PrettyJson.Read(json.Span, name);
        }
        catch (FormatException failure)
        {
            findings.Add(rule, failure.Message);
            return null;
        }
    }

    private void CheckSafety(JsonObject safety)
    {
        // The names older writers used are accepted by the reference too.
        var tiers = (safety["action_classes"] ?? safety["tiers"] ?? safety["safety_tiers"] ?? safety["levels"]) as JsonObject;
        foreach (var tier in (ReadOnlySpan<string>)["L0", "L1", "L2", "L3"])
        {
            if (tiers?[tier] is not JsonObject)
                findings.Add(BackpackRules.Safety, $"The safety policy does not describe the tier {tier}.");
        }
        if (safety["merge_ratchet"] is null)
            findings.Add(BackpackRules.Ratchet, "The safety policy has no merge_ratchet: a merge could loosen a tier.");
    }

    private HashSet<string> CheckSync(JsonObject sync)
    {
        foreach (var name in (ReadOnlySpan<string>)["merge_policies", "lease_model", "replication_factor"])
        {
            if (sync[name] is null)
                findings.Add(BackpackRules.Sync, $"The sync contract has no {name}.");
        }
        var authorities = PrettyJson.Objects(sync["authorities"]).ToList();
        if (authorities.Count == 0)
            findings.Add(BackpackRules.Sync, "The sync contract names no authority.");
        if (sync["degradation_ladder"] is not JsonArray { Count: >= 2 })
            findings.Add(BackpackRules.Sync, "The sync contract's degradation_ladder has fewer than two steps.");
        return [.. authorities.Select(authority => PrettyJson.Text(authority, "key_id") ?? "")];
    }
}
