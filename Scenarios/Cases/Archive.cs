using System.Diagnostics;
using System.Globalization;
using Granary.Scenarios.Cluster;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>
/// Full segments leave Redis under load while both silos are killed, one after the other: no call fails, no event with a receipt is lost, and a vault whose lines
/// are in two places is read, verified and exported like any other.
/// </summary>
internal class Archive : Scenario
{
    private const int SegmentLines = 1024;
    private const int HashBytes = 32;
    private const int AtOnce = 16;

    /// <summary>That segments leave is looked at, not how soon.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private string? _folder;

    public override string Name => "archive";

    public override ProcessSettings Settings =>
        Environment.Aggregate(new ProcessSettings { Fsync = "everysec" }, (settings, variable) => settings.WithAll(variable.Key, variable.Value))
            .With("silo-", "GRANARY_ARCHIVE_AFTER", "1");

    /// <summary>What tells a program where the archive is.</summary>
    protected virtual IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["GRANARY_ARCHIVE"] = _folder ?? "" };

    /// <summary>A folder of this run, which has the objects.</summary>
    protected string Folder => _folder ?? throw new InvalidOperationException("The scenario was not prepared.");

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override Task PrepareAsync(LocalCluster cluster, CancellationToken cancellation)
    {
        _folder = Directory.CreateTempSubdirectory("granary-archive-").FullName;
        return Task.CompletedTask;
    }

    public override Task CleanUpAsync(LocalCluster cluster)
    {
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(
            new LoadPlan { Streams = 2, Instana = false }, await context.AgentsAsync(Enumerable.Repeat(0, 8), cancellation), cancellation);
        var vault = traffic.Clients[0].Vault;
        await FillAsync(context, traffic, cancellation);
        await WaitForSealedAsync(context, vault, 1, cancellation);
        await FillAsync(context, traffic, cancellation);
        await KillSilo.KillAsync(context, traffic, "silo-1", cancellation);
        await FillAsync(context, traffic, cancellation);
        await WaitForSealedAsync(context, vault, context.Long ? 4 : 3, cancellation);
        await KillSilo.KillAsync(context, traffic, "silo-2", cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireNone(traffic.Calls, findings);
        var exported = await ExportAsync(context, vault, cancellation);
        return $"{traffic.Calls}; {verdict.Events} events; {Directory.EnumerateFiles(Folder, ObjectFiles, SearchOption.AllDirectories).Count()} objects; {exported}";
    }

    /// <summary>Which files of the folder are objects.</summary>
    protected virtual string ObjectFiles => "*";

    /// <summary>Writes a vault to a folder by the command that can read the archive.</summary>
    /// <returns>What the command said.</returns>
    protected virtual Task<string> ExportAsync(LocalCluster cluster, string tenant, string vault, string to, IEnumerable<string> environment, CancellationToken cancellation) =>
        cluster.ExportAsync(tenant, vault, to, environment, cancellation);

    /// <summary>A segment's worth of events beside the load, as fast as this machine takes them.</summary>
    private static Task FillAsync(ScenarioContext context, Traffic traffic, CancellationToken cancellation) => Parallel.ForEachAsync(
        Enumerable.Range(0, SegmentLines), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
        async (i, stop) => await traffic.Clients[i % traffic.Clients.Count].AppendWithKeyAsync(stop));

    private static async Task WaitForSealedAsync(ScenarioContext context, string vault, int segments, CancellationToken cancellation)
    {
        var key = $"granary:{{{context.Tenants[0].Name}/{vault}}}:sealed:events";
        for (var begin = Stopwatch.GetTimestamp(); ;)
        {
            var found = int.Parse(await context.Cluster.RedisAsync(cancellation, "strlen", key), CultureInfo.InvariantCulture) / HashBytes;
            if (found >= segments)
            {
                context.Note($"{found} segments of events are in the archive");
                return;
            }
            if (Stopwatch.GetElapsedTime(begin) > Longest)
                throw new ScenarioException($"{found} segments of {vault} are in the archive, and not {segments}");
            await ScenarioContext.PauseAsync(0.5, cancellation);
        }
    }

    private async Task<string> ExportAsync(ScenarioContext context, string vault, CancellationToken cancellation)
    {
        var folder = Path.Combine(Folder, "export");
        var said = await ExportAsync(context.Cluster, context.Tenants[0].Name, vault, folder, Environment.Select(variable => $"{variable.Key}={variable.Value}"), cancellation);
        Directory.Delete(folder, recursive: true);
        return said.Trim();
    }
}
