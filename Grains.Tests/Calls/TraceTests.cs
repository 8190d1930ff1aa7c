using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Grains.Tests.Support;
using Granary.Tenants;

namespace Granary.Grains.Tests.Calls;

/// <summary>A call's trace goes on in the silo, and each call's commit is in its own.</summary>
public sealed class TraceTests : IDisposable
{
    private static readonly ActivitySource Gateway = new("Granary.Tests");
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.Orleans.Application" || source.Name.StartsWith("Granary.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task The_silos_span_says_whose_call_it_is_and_its_commit_and_redis_are_below_it()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1);
        await cluster["notes"].CreateAsync(default);
        // The loop that commits is started by the first and serves both.
        foreach (var tool in (string[])["append_event", "ingest_note"])
        {
            using var call = Gateway.StartActivity(tool)!;
            call.SetTag(CallTrace.Tool, tool);
            await cluster["notes"].AppendAsync(TestCluster.Note(), default);
            var redis = await EndedAsync(call, "redis Append");
            var commit = await EndedAsync(call, "vault commit");
            redis.ParentSpanId.ShouldBe(commit.SpanId);
            var grain = await EndedAsync(call, "AppendAsync", ActivityKind.Server);
            commit.ParentSpanId.ShouldBe(grain.SpanId);
            grain.ParentSpanId.ShouldBe((await EndedAsync(call, "AppendAsync", ActivityKind.Client)).SpanId);
            foreach (var (tag, value) in ((string, string)[])[
                (CallTrace.Tenant, "default"), (CallTrace.Vault, "notes"), (CallTrace.Tool, tool), (CallTrace.Operation, "AppendAsync")])
                grain.GetTagItem(tag).ShouldBe(value);
            await cluster["notes"].RunAsync(new VaultCall("list_events", "{}"u8.ToArray()), null, default);
            await EndedAsync(call, "redis Read");
        }
    }

    private async Task<Activity> EndedAsync(Activity call, string name, ActivityKind? kind = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            if (_ended.FirstOrDefault(a => a.TraceId == call.TraceId && a.DisplayName.EndsWith(name, StringComparison.Ordinal) && (kind ?? a.Kind) == a.Kind) is { } found)
                return found;
            await Task.Delay(10, limit.Token);
        }
    }
}
