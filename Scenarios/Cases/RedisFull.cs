using System.Diagnostics;
using Granary.Scenarios.Clients;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>Redis has no memory left: appends are refused with a sentence, reads go on, and all is well when there is room again.</summary>
internal sealed class RedisFull : Scenario
{
    public override string Name => "redis-full";

    public override string? NotFor(string shape) => shape == "standalone" ? "it is about Redis" : null;

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        // Every tenant is at work before the memory ends.
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        await context.Cluster.RedisAsync(cancellation, "config", "set", "maxmemory-policy", "noeviction", "maxmemory", "1mb");
        var full = Stopwatch.GetTimestamp();
        await traffic.WaitForCallsAsync(context.Long ? 500 : 100, cancellation);
        var end = Stopwatch.GetTimestamp();
        await context.Cluster.RedisAsync(cancellation, "config", "set", "maxmemory", "0");
        var roomy = Stopwatch.GetTimestamp();
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        Recovery.Check(traffic.Calls, "Redis' lack of room", roomy, context.Limit(traffic), findings);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);

        var during = traffic.Calls.Between(full, end - Stopwatch.Frequency / 4);
        var appends = during.Where(c => c.Operation.StartsWith("append", StringComparison.Ordinal));
        var reads = during.Where(c => !c.Operation.StartsWith("append", StringComparison.Ordinal));
        var wrong = appends.Where(c => c.Answer is not { Kind: AnswerKind.ToolError, Code: Client.StorageRefused, Message.Length: > 0 });
        findings.Require(appends.Records.Count > 0 && reads.Records.Count > 0, "there was no load while Redis was full");
        findings.Require(
            wrong.Records.Count == 0,
            $"{wrong.Records.Count} of {appends.Records.Count} appends to the full Redis were not refused as such, first: {wrong.First}");
        findings.Require(reads.Failed.Count == 0, $"{reads.Failed.Count} of {reads.Records.Count} reads failed, first: {reads.FirstFailure}");
        return $"{appends.Records.Count} appends refused: \"{appends.First?.Message}\"; {reads.Records.Count} reads went on; {verdict.Events} events";
    }
}
