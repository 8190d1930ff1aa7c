using System.Diagnostics;
using Granary.Bench.Processes;
using Granary.Bench.Redis;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;
using Granary.Tenants.Vaults;

namespace Granary.Bench.Scenarios;

/// <summary>Vaults in Redis without a gateway around them: appends to many, and the activation of a cold one.</summary>
internal sealed class RedisStoreScenario : OwnProcessScenario
{
    private const int Vaults = 64;
    private const int Callers = 4;
    private const double MinRate = 10_000;
    private const int ColdEvents = 10_000;
    private const int ColdOpenings = 20;
    private const double MaxCold = 20;
    private const int Reloads = 3;

    private static readonly TimeSpan ProbeDuration = TimeSpan.FromSeconds(2);

    public override string Name => "redis-store";

    public override string Title => "Vaults in Redis";

    public override Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) => Task.FromResult(RedisProcess.Obstacle);

    protected override async Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation)
    {
        await using var redis = await RedisProcess.StartAsync(folder, 0, cancellation);
        using var load = new VaultLoad(redis);
        var rates = await RatesAsync(context.Options, redis, load, cancellation);
        var cold = await ColdAsync(context.Options, redis, load, cancellation);
        Report(section, redis, rates, cold);
    }

    private static async Task<Rates> RatesAsync(BenchOptions options, RedisProcess redis, VaultLoad load, CancellationToken cancellation)
    {
        var rates = new Rates();
        var first = await load.CreateAsync(Names("warm"), cancellation);
        await load.ThroughActivationsAsync(first, Callers, options.WarmUp, cancellation);
        await CloseAsync(first);
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            await redis.ClearAsync();
            var vaults = await load.CreateAsync(Names("vault"), cancellation);
            rates.Push.Record(await RedisProbe.RunAsync(redis, ProbeDuration, RawCommands.Push));
            rates.Script.Record(await RedisProbe.RunAsync(redis, ProbeDuration, await RawCommands.LoadScriptAsync(redis)));
            rates.Store.Record(await load.ToStoreAsync(Names("log"), options.ShortDuration, cancellation));
            rates.One.Record(await load.ThroughActivationsAsync(vaults, 1, options.ShortDuration, cancellation));
            rates.Four.Record(await load.ThroughActivationsAsync(vaults, Callers, options.ShortDuration, cancellation));
            await redis.FlushAsync("always");
            rates.Always.Record(await load.ThroughActivationsAsync(vaults, 1, options.ShortDuration, cancellation));
            rates.AlwaysFour.Record(await load.ThroughActivationsAsync(vaults, Callers, options.ShortDuration, cancellation));
            await redis.FlushAsync("everysec");
            await CloseAsync(vaults);
            Progress.Say(
                $"repeat {repeat}: store {rates.Store.Rate.Median:F0}/s, activations {rates.One.Rate.Median:F0} and {rates.Four.Rate.Median:F0}/s, "
                + $"always {rates.Always.Rate.Median:F0} and {rates.AlwaysFour.Rate.Median:F0}/s, raw {rates.Push.Rate.Median:F0} and {rates.Script.Rate.Median:F0}/s");
        }
        return rates;
    }

    private static async Task<Cold> ColdAsync(BenchOptions options, RedisProcess redis, VaultLoad load, CancellationToken cancellation)
    {
        await redis.ClearAsync();
        await load.FillAsync("plain", ColdEvents, bridge: false, cancellation);
        await load.FillAsync("bridged", ColdEvents, bridge: true, cancellation);
        var cold = new Cold();
        for (var i = 0; i < options.Repeats * ColdOpenings; i++)
        {
            cold.Plain.Add(await OpenAsync(load, "plain", bridge: false, cancellation));
            cold.Unused.Add(await OpenAsync(load, "bridged", bridge: false, cancellation));
        }
        for (var i = 0; i < Reloads; i++)
            cold.Reduced.Add(await OpenAsync(load, "bridged", bridge: true, cancellation));
        Progress.Say($"cold: {cold.Plain.Show("F2")} ms, with bridge events {cold.Unused.Show("F2")} ms, reduced {cold.Reduced.Show("F0")} ms");
        return cold;
    }

    private static async Task<double> OpenAsync(VaultLoad load, string vault, bool bridge, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        await using var activation = load.Activate(vault);
        await activation.AppendAsync(VaultLoad.Note(0, bridge), cancellation);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static void Report(Section section, RedisProcess redis, Rates rates, Cold cold)
    {
        section.Paragraph(
            $"Redis {redis.Version} on core 0 with an append-only file, everything else in one process on whatever cores are free, over one connection. "
            + $"Through activations an append is checked, linked, signed (Ed25519) and gathered into a batch; to the store alone it is a ready line, one to a script. "
            + $"{Vaults} vaults; 1 or {Callers} callers to each, closed loop. The raw rows are prepared bytes from sockets, {RedisProbe.InFlight} in flight, with as many bytes as an append's lines: "
            + "one RPUSH, and a script that reads the head, pushes two lines and writes the head, without looking at anything.");
        section.Table(StoreFigures.Columns, rates.All.Select(figures => figures.Row()));
        section.Paragraph(
            $"Cold activation: a new activation of a vault of {ColdEvents} events, opened by its first append, timed until that is acknowledged; {cold.Plain.Count} openings each, {cold.Reduced.Count} of the last. "
            + "Nothing has to be replayed to append: the head stands in Redis. Only the first append with emit_provara reads and reduces the bridge events, all of them, for there is no checkpoint of the reducer's state.");
        section.Table(["cold activation", "ms"],
        [
            ["no bridge events", cold.Plain.Show("F2")],
            [$"{ColdEvents} bridge events, append without one", cold.Unused.Show("F2")],
            [$"{ColdEvents} bridge events, append with one", cold.Reduced.Show("F0")],
        ]);
        section.Targets(
        [
            new($"appends/s to the store, {Vaults} vaults, everysec", $"≥ {MinRate}", rates.Store.Rate.Show("F0"), rates.Store.Rate.Median >= MinRate),
            new($"the same through activations, which sign", $"≥ {MinRate}", rates.Four.Rate.Show("F0"), rates.Four.Rate.Median >= MinRate),
            new($"cold activation, {ColdEvents} events", $"≤ {MaxCold} ms", $"{cold.Plain.Show("F2")} ms", cold.Plain.Median <= MaxCold),
        ]);
    }

    private static IEnumerable<string> Names(string kind) => Enumerable.Range(0, Vaults).Select(i => $"{kind}/{i:D2}");

    private static async Task CloseAsync(IEnumerable<VaultActivation> vaults)
    {
        foreach (var vault in vaults)
            await vault.DisposeAsync();
    }

    private sealed record Rates
    {
        public StoreFigures Push { get; } = new("raw RPUSH, everysec");

        public StoreFigures Script { get; } = new("raw EVALSHA, everysec");

        public StoreFigures Store { get; } = new("store alone, 1 caller, everysec");

        public StoreFigures One { get; } = new("activations, 1 caller, everysec");

        public StoreFigures Four { get; } = new($"activations, {Callers} callers, everysec");

        public StoreFigures Always { get; } = new("activations, 1 caller, always");

        public StoreFigures AlwaysFour { get; } = new($"activations, {Callers} callers, always");

        public StoreFigures[] All => [Push, Script, Store, One, Four, Always, AlwaysFour];
    }

    private sealed record Cold
    {
        public Sample Plain { get; } = new();

        public Sample Unused { get; } = new();

        public Sample Reduced { get; } = new();
    }
}
