using System.Diagnostics;
using Granary.Scenarios.Cluster;
using Granary.Scenarios.Faults;
using Granary.Scenarios.Load;

namespace Granary.Scenarios.Cases;

/// <summary>A silo is cut off from Redis and from its peer, but not from the gateways: what it still believes to own must not fork.</summary>
internal sealed class Partition : Scenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public override string Name => "partition";

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var cluster = context.Cluster;
        var port = cluster.Endpoint.Port;
        // Peers find each other at the wires' ends; gateways go straight to the silos.
        await using var redis = new TcpProxy(0, port + 10);
        await using var first = new TcpProxy(0, port + 41);
        await using var second = new TcpProxy(0, port + 42);
        await cluster.UpAsync(
            new ClusterSettings()
                .With("silo-1", "GRANARY_REDIS", $"127.0.0.1:{redis.Port}")
                .With("silo-1", "GRANARY_SILO_PORT", $"{first.Port}").With("silo-1", "GRANARY_SILO_LISTEN_PORT", $"{port + 41}")
                .With("silo-2", "GRANARY_SILO_PORT", $"{second.Port}").With("silo-2", "GRANARY_SILO_LISTEN_PORT", $"{port + 42}"),
            cancellation);
        TcpProxy[] wires = [redis, first, second];

        var traffic = await context.StartLoadAsync(new LoadPlan { TellWithin = TimeSpan.FromSeconds(12) }, cancellation);
        for (var round = 0; round < (context.Long ? 3 : 1); round++)
        {
            await ScenarioContext.PauseAsync(2, cancellation);
            Array.ForEach(wires, w => w.Cut());
            var begin = Stopwatch.GetTimestamp();
            context.Note("silo-1 is cut off");
            await ScenarioContext.PauseAsync(context.Long ? 30 : 14, cancellation);
            Recovery.Check(traffic.Calls, "the network", begin, Limit, findings);
            Array.ForEach(wires, w => w.Heal());
            context.Note("the network is whole");
            await ScenarioContext.PauseAsync(4, cancellation);
            await cluster.StartAsync("silo-1", cancellation);
        }
        await ScenarioContext.PauseAsync(2, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        await cluster.DownAsync(cancellation);
        return $"{traffic.Calls}; {verdict.Events} events, no fork";
    }
}
