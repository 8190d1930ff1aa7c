using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Scenarios;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;
using Granary.Bench.Vaults;

namespace Granary.Bench;

/// <summary>Runs scenarios one after the other and collects their sections.</summary>
internal static class BenchRunner
{
    // A new scenario is a class and a line here.
    private static readonly BenchScenario[] All =
    [
        new CallScenario(), new AccessScenario(), new AccessClusterScenario(), new TraceScenario(), new InstanaScenario(), new InstanaWaitingScenario(), new PeersScenario(), new AppendScenario(), new IdleScenario(), new RedisStoreScenario(), new ArchiveScenario(),
        new ClusterReadScenario(), new ClusterAppendScenario(), new ClusterTenantsScenario(), new ActiveTenantsScenario(), .. SilosScenario.All, new PlacementScenario(),
        new VaultCryptoScenario(), new VaultAppendScenario(), .. VaultShape.All.Select(shape => new VaultLargeScenario(shape)), new VaultSearchScenario(), new VaultReferenceScenario(),
        new VaultBuildsScenario(),
    ];

    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        var chosen = options.Scenarios.Count == 0 ? All : [.. options.Scenarios.SelectMany(Find).Distinct()];
        var layout = new Layout(options);
        if (options.Build)
            await DotnetBuild.RunAsync(layout, chosen.SelectMany(s => s.Projects(options)).Distinct(), cancellation);
        await CpuPinning.PinSelfAsync(cancellation);

        var context = new BenchContext(options, layout, await Machine.DescribeAsync(layout.Root, cancellation));
        foreach (var scenario in chosen)
        {
            await Console.Error.WriteLineAsync($"== {scenario.Name}: {scenario.Title}");
            if (await scenario.ObstacleAsync(context, cancellation) is { } obstacle)
            {
                await Console.Error.WriteLineAsync($"   not run: {obstacle}");
                continue;
            }
            var section = new Section(scenario.Name, scenario.Title);
            var loadBefore = Machine.LoadAverage();
            await scenario.RunAsync(context, section, cancellation);
            section.Close(context.Machine, options, $"{loadBefore} before, {Machine.LoadAverage()} after (1, 5, 15 minutes)");
            Console.WriteLine(section.Text);
            if (options.Write)
                ResultsFile.Put(layout.Results, section);
        }
        return 0;
    }

    /// <summary>The scenario of that name, or all whose names begin with it: <c>vault</c> for <c>vault-crypto</c> and its like.</summary>
    private static BenchScenario[] Find(string name)
    {
        BenchScenario[] found = [.. All.Where(s => s.Name == name)];
        if (found.Length == 0)
            found = [.. All.Where(s => s.Name.StartsWith($"{name}-", StringComparison.Ordinal))];
        return found.Length > 0
            ? found
            : throw new BenchException($"There is no scenario {name}: it must be all, {string.Join(", ", All.Select(s => s.Name))}.");
    }
}
