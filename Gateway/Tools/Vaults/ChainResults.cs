using System.Text.Json;
using Granary.Tenants;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>What a verification says about each actor's chain.</summary>
internal static class ChainResults
{
    /// <summary>
    /// How many actors there are, and for each that the vault's status names, and each that a finding concerns, whether none does. A finding that is
    /// about no event, or is not listed, concerns all.
    /// </summary>
    public static async Task<(int Count, IReadOnlyDictionary<string, bool> Results)> ReadAsync(
        IVault vault, VerificationReport report, CancellationToken cancellation)
    {
        var results = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        var count = 0;
        try
        {
            using var status = await VaultJson.RunAsync(vault, "vault_status", _ => { }, cancellation);
            count = status.RootElement.GetProperty("actor_count").GetInt32();
            foreach (var actor in status.RootElement.GetProperty("actors").EnumerateObject())
                results[actor.Name] = true;
            if (!report.Valid)
                await MarkAsync(vault, report, results, cancellation);
        }
        catch (TenantException) when (!report.Valid)
        {
            // The vault is so damaged that nobody can say whose events it holds; the findings say all there is to say.
        }
        return (count, results);
    }

    private static async Task MarkAsync(IVault vault, VerificationReport report, SortedDictionary<string, bool> results, CancellationToken cancellation)
    {
        var concerned = new HashSet<string>(StringComparer.Ordinal);
        var all = report.FindingCount > report.Findings.Count;
        foreach (var finding in report.Findings)
        {
            if (finding.Position is { } position && await ActorAsync(vault, position, cancellation) is { } actor)
                concerned.Add(actor);
            else
                all = true;
        }
        foreach (var actor in all ? [.. results.Keys, .. concerned] : concerned.ToList())
            results[actor] = false;
    }

    private static async Task<string?> ActorAsync(IVault vault, long position, CancellationToken cancellation)
    {
        using var page = await VaultJson.RunAsync(
            vault,
            "list_events",
            json =>
            {
                json.WriteNumber("offset", position);
                json.WriteNumber("limit", 1);
            },
            cancellation);
        var found = page.RootElement.GetProperty("events");
        return found.GetArrayLength() == 1 && found[0].ValueKind == JsonValueKind.Object && found[0].TryGetProperty("actor", out var actor)
            && actor.ValueKind == JsonValueKind.String
            ? actor.GetString()
            : null;
    }
}
