using System.Diagnostics;
using Granary.Scenarios.Cluster;
using Granary.Scenarios.Faults;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>A silo is cut off from Redis and from its peer, but not from the gateways: what it still believes to own must not fork.</summary>
internal sealed class Partition : Scenario
{
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
            new ProcessSettings()
                .With("silo-1", "GRANARY_REDIS", $"127.0.0.1:{redis.Port}")
                .With("silo-1", "GRANARY_SILO_PORT", $"{first.Port}").With("silo-1", "GRANARY_SILO_LISTEN_PORT", $"{port + 41}")
                .With("silo-2", "GRANARY_SILO_PORT", $"{second.Port}").With("silo-2", "GRANARY_SILO_LISTEN_PORT", $"{port + 42}"),
            cancellation);
        TcpProxy[] wires = [redis, first, second];

        var traffic = await context.StartLoadAsync(new LoadPlan { TellWithin = TimeSpan.FromSeconds(90) }, cancellation);
        for (var round = 0; round < (context.Long ? 3 : 1); round++)
        {
            await traffic.WaitForCallsAsync(50, cancellation);
            var before = await cluster.InstanceAsync("silo-1", cancellation);
            Array.ForEach(wires, w => w.Cut());
            var begin = Stopwatch.GetTimestamp();
            context.Note("silo-1 is cut off");
            await traffic.WaitForCallsAsync(context.Tenants.Count * 2, cancellation);
            context.Note($"calls go on without silo-1 after {Stopwatch.GetElapsedTime(begin).TotalSeconds:F1} s");
            Array.ForEach(wires, w => w.Heal());
            context.Note("the network is whole");
            // It learns that it was given up, ends itself, and is started again.
            await cluster.WaitForAsync("silo-1", now => now.State == "ready" && now.Pid != before.Pid, cancellation);
        }
        await traffic.WaitForCallsAsync(100, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireClear(traffic.Calls, findings);
        await cluster.DownAsync(cancellation);
        return $"{traffic.Calls}; {verdict.Events} events, no fork";
    }
}
