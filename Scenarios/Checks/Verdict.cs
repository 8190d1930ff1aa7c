using Granary.Scenarios.Clients;
using Granary.Scenarios.Load;

namespace Granary.Scenarios.Checks;

/// <summary>What a look at everything after a load gave.</summary>
/// <param name="Events">How many events the vaults hold.</param>
/// <param name="Problems">Every contradiction.</param>
internal sealed record Verdict(long Events, IReadOnlyList<string> Problems)
{
    /// <summary>Compares receipts, vaults and streams.</summary>
    /// <param name="traffic">The load, at its end.</param>
    /// <param name="slack">What the machine excuses where a time is judged.</param>
    /// <param name="cancellation">Ends the look.</param>
    public static async Task<Verdict> OnAsync(Traffic traffic, TimeSpan slack, CancellationToken cancellation)
    {
        var problems = traffic.Problems.ToList();
        long events = 0;
        foreach (var vault in traffic.Clients.GroupBy(c => c.Agent.Tenant))
        {
            var attempts = vault.SelectMany(c => c.Attempts).ToList();
            var view = await VaultReader.ReadAsync(vault.First().Agent, vault.First().Vault, cancellation);
            events += view.Count;
            problems.AddRange(VaultComparison.Problems(view, attempts).Select(p => $"{vault.Key}/{p}"));
            foreach (var stream in traffic.Streams.Where(s => s.Agent.Tenant == vault.Key))
                problems.AddRange(StreamCheck.Missed(stream.Vault, stream.Spans, attempts, traffic.Plan.TellWithin + slack)
                    .Select(p => $"{vault.Key}/{p} ({stream.Agent.Era})"));
        }
        var quiet = traffic.Streams.Where(s => s.Spans[^1].End != StreamEnd.Stopped)
            .Select(s => $"{s.Agent.Tenant}/{s.Vault}: its stream was not opened again: {s.Refusals.LastOrDefault()}");
        return new Verdict(events, [.. problems, .. quiet]);
    }
}
