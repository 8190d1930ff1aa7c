using Granary.Scenarios.Clients;
using Granary.Scenarios.Load;

namespace Granary.Scenarios.Cases;

/// <summary>
/// Load as it is in the wild: of 200 tenants the second asks for half as much as the first, the third for a third. The first meets its bound, and the others hardly notice
/// whether it is there.
/// </summary>
internal sealed class Zipf : NoisyTenant
{
    /// <summary>So many that the last of them has a turn too.</summary>
    private const int Turns = 1000;

    private const int Tenants = 200;

    public override string Name => "zipf";

    // Fewer at once: after a stall, the second must not meet the bound that is for the first.
    protected override LoadPlan Plan => base.Plan with { Concurrency = 32 };

    protected override int Rounds => 3;

    // The first has weight 1, the others what is left of the harmonic number.
    protected override double Share => 1 / ZipfLaw.Weights(2, Tenants - 1).Sum();

    protected override async Task<IReadOnlyList<Agent>> OthersAsync(ScenarioContext context, CancellationToken cancellation)
    {
        var agents = await context.AgentsAsync(Enumerable.Range(1, Tenants - 1), cancellation);
        return [.. ZipfLaw.Turns(ZipfLaw.Weights(2, agents.Length), Turns).Select(tenant => agents[tenant])];
    }
}
