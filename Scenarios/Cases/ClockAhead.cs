using Granary.Scenarios.Cluster;
using Granary.Scenarios.Faults;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>
/// The clock of one host is ahead. Nothing that processes ask of each other compares clocks, so no call fails, no silo is taken for dead, silos join beside it, and it is
/// itself again once its clock is right, although its new start is then earlier than the one before.
/// </summary>
internal sealed class ClockAhead : Scenario
{
    /// <summary>A session lives 24 h from when it was made; hosts that are further apart than that would not know each other's.</summary>
    private static readonly TimeSpan[] Hours = [TimeSpan.FromHours(2), TimeSpan.FromMinutes(5), TimeSpan.FromHours(20)];

    private static readonly string[] Host = ["silo-2", "gateway-2"];

    public override string Name => "clock-ahead";

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        WrongClock.Find();
        List<string> seen = [];
        foreach (var ahead in context.Long ? Hours : Hours[..1])
            seen.Add(await RunAsync(context, ahead, findings, cancellation));
        return string.Join("; ", seen);
    }

    private static async Task<string> RunAsync(ScenarioContext context, TimeSpan ahead, Findings findings, CancellationToken cancellation)
    {
        var cluster = context.Cluster;
        await cluster.UpAsync(Host.Aggregate(new ProcessSettings(), (settings, name) => settings.Ahead(name, ahead)), cancellation);
        foreach (var name in Host)
        {
            var found = await WrongClock.OfAsync(await cluster.InstanceAsync(name, cancellation), cancellation);
            findings.Require(found > ahead / 2, $"{name} was to be {ahead} ahead and is {found}");
        }
        var before = await cluster.StatusAsync(cancellation);
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        var restarted = before.Except(await cluster.StatusAsync(cancellation)).Select(instance => instance.Name).ToList();
        findings.Require(restarted.Count == 0, $"started again although only a clock is wrong: {string.Join(", ", restarted)}");
        // One whose clock is right dies and joins beside the other, for which it began long ago.
        await KillSilo.KillAsync(context, traffic, "silo-1", cancellation);
        // And the clock is put right: the silo's new start is before its last one.
        cluster.AtNextStart(new ProcessSettings());
        await KillSilo.KillAsync(context, traffic, "silo-2", cancellation);
        if (context.Long)
        {
            await cluster.StopAsync("gateway-2", cancellation);
            await cluster.StartAsync("gateway-2", cancellation);
        }
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireNone(traffic.Calls, findings);
        return $"{ahead.TotalMinutes:F0} min ahead: {traffic.Calls}; {verdict.Events} events";
    }
}
