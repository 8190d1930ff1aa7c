using System.Diagnostics;
using Granary.Scenarios.Cases;
using Granary.Scenarios.Clients;
using Granary.Scenarios.Cluster;
using Granary.Scenarios.Results;
using Granary.Scenarios.Setup;

namespace Granary.Scenarios;

/// <summary>Runs scenarios one after the other: a line for each, details in a folder.</summary>
internal sealed class ScenarioRunner(Options options, string repository)
{
    private const int TenantCount = 200;

    // A new scenario is a class and a line here. Neighbours with the same settings share a cluster.
    private static readonly Scenario[] All =
    [
        new RollingRestart(), new KillSilo(), new Oversubscribed(), new KillGateway(), new RedisRestart(), new RedisFull(), new RedisHung(), new PauseSilo(), new OneVault(), new Partition(),
        new Tls(), new NoisyTenant(), new Zipf(), new InstanaStorm(), new MixedVersions(), new Archive(), new ArchiveS3(), new ScaleOut(), new ClockAhead(), new Conformance(), new FalseDeaths(),
    ];

    private readonly Dictionary<string, Exception> _unprepared = [];
    private int _passed;
    private int _failed;
    private int _skipped;

    /// <summary>Runs what was asked for.</summary>
    /// <returns>0 when nothing failed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        if (options.List)
        {
            Console.WriteLine(string.Join('\n', All.Select(s => s.Name)));
            return 0;
        }
        var chosen = (options.Names.Count == 0 ? All.Where(s => !s.OnlyWhenNamed) : options.Names.Select(Find)).ToArray();
        var logs = Directory.CreateDirectory(options.Logs ?? Path.Combine(repository, "artifacts", "scenarios")).FullName;
        var keyFile = Path.Combine(logs, "keys.json");
        var names = Enumerable.Range(0, TenantCount).Select(i => $"tenant-{i:000}").ToList();
        var tenants = names.Zip(AgentKeys.Write(keyFile, names)).ToList();
        var cluster = new LocalCluster(repository, Path.Combine(logs, "cluster"), options, keyFile);
        try
        {
            foreach (var scenario in chosen)
                await PrepareAsync(scenario, cluster, cancellation);
            foreach (var scenario in chosen)
                await RunAsync(scenario, cluster, tenants, logs, cancellation);
        }
        finally
        {
            await cluster.DownAsync(CancellationToken.None);
            foreach (var scenario in chosen)
                await scenario.CleanUpAsync(cluster);
        }
        Console.WriteLine($"{_passed} passed, {_failed} failed, {_skipped} skipped");
        return _failed == 0 ? 0 : 1;
    }

    /// <summary>What cannot be prepared is told when its scenario's turn comes.</summary>
    private async Task PrepareAsync(Scenario scenario, LocalCluster cluster, CancellationToken cancellation)
    {
        try
        {
            await scenario.PrepareAsync(cluster, cancellation);
        }
        catch (Exception e) when (e is ScenarioException or SkipException)
        {
            _unprepared[scenario.Name] = e;
        }
    }

    private async Task RunAsync(
        Scenario scenario, LocalCluster cluster, IReadOnlyList<(string, string)> tenants, string logs, CancellationToken cancellation)
    {
        await using var details = new StreamWriter(Path.Combine(logs, $"{scenario.Name}.log"));
        var begin = Stopwatch.GetTimestamp();
        var findings = new Findings();
        try
        {
            if (_unprepared.TryGetValue(scenario.Name, out var why))
                throw why;
            await cluster.UpAsync(scenario.Settings, cancellation);
            if (scenario.NotFor(cluster.Shape) is { } reason)
                throw new SkipException(reason);
            var seen = await scenario.RunAsync(new ScenarioContext(options, cluster, tenants, details), findings, cancellation);
            if (findings.All.Count == 0)
            {
                _passed++;
                Console.WriteLine($"✓ {scenario.Name} ({seen}; {Stopwatch.GetElapsedTime(begin).TotalSeconds:F0} s)");
                return;
            }
        }
        catch (SkipException e)
        {
            _skipped++;
            Console.WriteLine($"- {scenario.Name}: not run, {e.Message}");
            return;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            findings.Add(e is ScenarioException or TimeoutException ? e.Message : $"{e}");
        }
        _failed++;
        Console.WriteLine($"✗ {scenario.Name}: {findings}");
        foreach (var finding in findings.All)
            await details.WriteLineAsync($"✗ {finding}");
        // What is left of a failure must not make the next one fail.
        KeepLogs(cluster.Folder, Path.Combine(logs, $"{scenario.Name}.processes"));
        await cluster.DownAsync(cancellation);
    }

    private static void KeepLogs(string cluster, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var log in Directory.GetFiles(Path.Combine(cluster, "logs")))
            File.Copy(log, Path.Combine(folder, Path.GetFileName(log)), overwrite: true);
    }

    private static Scenario Find(string name) => All.FirstOrDefault(s => s.Name == name)
        ?? throw new ScenarioException($"There is no scenario {name}: there are {string.Join(", ", All.Select(s => s.Name))}.");
}
