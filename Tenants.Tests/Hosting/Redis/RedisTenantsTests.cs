using System.Text;
using Granary.Tenants.Tests.Support;
using Granary.Testing.Redis;

namespace Granary.Tenants.Tests.Hosting.Redis;

/// <summary>Two activations of one vault over one Redis, as a partition or a dying silo leaves them.</summary>
public sealed class RedisTenantsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lazy<RedisServer> _server = new(() => new RedisServer());

    private string Configuration => _server.Value.Configuration;

    [Fact]
    public async Task What_one_appends_the_other_reads_at_once()
    {
        await using var one = new RedisTenants(Configuration);
        await using var other = new RedisTenants(Configuration);
        await one["team/notes"].CreateAsync(default);
        (await other["team/notes"].GetHeadAsync(default)).Count.ShouldBe(0);
        for (var i = 1; i <= 5; i++)
        {
            var receipt = await one["team/notes"].AppendAsync(TestTenants.Note(), default);
            var head = await other["team/notes"].GetHeadAsync(default);
            (head.Count, head.Hash).ShouldBe((i, receipt.Hash));
            (await other["team/notes"].QueryTimelineAsync(new TimelineQuery(), default)).Events.Count.ShouldBe(i);
            var report = await other["team/notes"].VerifyAsync(null, default);
            (report.Valid, report.EventCount).ShouldBe((true, i));
        }
        (await other["team/notes"].AppendAsync(TestTenants.Note(), default)).Position.ShouldBe(5);
        (await Should.ThrowAsync<TenantException>(() => other["team/notes"].CreateAsync(default))).Failure.ShouldBe(TenantFailure.AlreadyExists);
        (await Should.ThrowAsync<TenantException>(() => other["team%2Fnotes"].GetHeadAsync(default))).Failure.ShouldBe(TenantFailure.NotFound);
    }

    [Fact]
    public async Task The_last_events_include_those_that_others_appended()
    {
        await using var one = new RedisTenants(Configuration);
        await using var other = new RedisTenants(Configuration);
        await one["notes"].CreateAsync(default);
        (await other["notes"].QueryTimelineAsync(new TimelineQuery { Limit = 2 }, default)).Events.ShouldBeEmpty();
        var receipts = new List<AppendReceipt>();
        for (var i = 0; i < 6; i++)
        {
            receipts.Add(await (i % 3 == 2 ? other : one)["notes"].AppendAsync(TestTenants.Note(), default));
            var last = (await other["notes"].QueryTimelineAsync(new TimelineQuery { Limit = 2 }, default)).Events.Select(line => Encoding.UTF8.GetString(line.Span));
            last.Zip(receipts.TakeLast(2)).ShouldAllBe(pair => pair.First.Contains(pair.Second.Hash));
            last.Count().ShouldBe(Math.Min(i + 1, 2));
        }
    }

    [Fact]
    public async Task Two_activations_contend_for_one_vault_and_every_receipt_is_true()
    {
        var tenants = Enumerable.Range(0, 2).Select(_ => new RedisTenants(Configuration)).ToList();
        await tenants[0]["hot"].CreateAsync(default);
        var receipts = await Task.WhenAll(tenants.SelectMany((process, p) => Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            var got = new List<(string Text, AppendReceipt Receipt)>();
            for (var i = 0; i < 25; i++)
            {
                var text = $$"""{"text":"{{p}}-{{writer}}-{{i}}"}""";
                got.Add((text, await process["hot"].AppendAsync(TestTenants.Note(text, key: i % 2 == 0 ? $"{p}-{writer}-{i}" : null), default)));
            }
            return got;
        }))));
        var all = receipts.SelectMany(got => got).ToList();
        all.Select(got => got.Receipt.Position).Order().ShouldBe(Enumerable.Range(0, 800).Select(i => (long)i));
        var events = (await tenants[1]["hot"].QueryTimelineAsync(new TimelineQuery(), default)).Events;
        foreach (var (text, receipt) in all)
        {
            var stored = Encoding.UTF8.GetString(events[(int)receipt.Position].Span);
            stored.ShouldContain(text);
            stored.ShouldContain(receipt.Hash);
        }
        (await tenants[0]["hot"].VerifyAsync(null, default)).FindingCount.ShouldBe(0);
        foreach (var process in tenants)
            await process.DisposeAsync();
    }

    [Fact]
    public async Task Bridge_events_of_two_processes_form_one_chain()
    {
        await using var one = new RedisTenants(Configuration);
        await using var other = new RedisTenants(Configuration);
        await one["notes"].CreateAsync(default);
        string? state = null;
        for (var i = 0; i < 6; i++)
        {
            var process = i % 2 == 0 ? one : other;
            // A read brings the head up to date, and must not leave the bridge behind.
            await process["notes"].GetHeadAsync(default);
            var receipt = await process["notes"].AppendAsync(TestTenants.Note($$"""{"subject":"s{{i}}","value":{{i}}}""", bridge: true), default);
            receipt.StateHash.ShouldNotBe(state);
            state = receipt.StateHash;
        }
        (await one["notes"].VerifyAsync(null, default)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_idempotency_key_holds_across_processes()
    {
        await using var one = new RedisTenants(Configuration);
        await using var other = new RedisTenants(Configuration);
        await one["notes"].CreateAsync(default);
        var first = await one["notes"].AppendAsync(TestTenants.Note(key: "k"), default);
        var again = await other["notes"].AppendAsync(TestTenants.Note(key: "k"), default);
        (again.Position, again.EventId, again.Hash, again.Replayed).ShouldBe((first.Position, first.EventId, first.Hash, true));
        var reused = await Should.ThrowAsync<TenantException>(() => other["notes"].AppendAsync(TestTenants.Note("""{"text":"other"}""", key: "k"), default));
        reused.Failure.ShouldBe(TenantFailure.KeyReused);
        var repeats = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => other["notes"].AppendAsync(TestTenants.Note(key: i % 4 == 0 ? $"new{i}" : "k"), default)));
        repeats.Count(receipt => receipt.Replayed).ShouldBe(150);
        (await one["notes"].GetHeadAsync(default)).Count.ShouldBe(51);
    }

    [Fact]
    public async Task While_redis_is_away_calls_end_with_a_clear_error_and_succeed_again_afterwards()
    {
        await using var tenants = new RedisTenants(Configuration);
        await tenants["notes"].CreateAsync(default);
        await tenants["notes"].AppendAsync(TestTenants.Note(), default);
        _server.Value.Kill();
        var append = await Should.ThrowAsync<TenantException>(() => tenants["notes"].AppendAsync(TestTenants.Note(), default));
        append.Failure.ShouldBeOneOf(TenantFailure.Unavailable, TenantFailure.OutcomeUnknown);
        var read = await Should.ThrowAsync<TenantException>(() => tenants["notes"].GetHeadAsync(default));
        (read.Failure, read.RetryAfter is not null).ShouldBe((TenantFailure.Unavailable, true));
        read.Message.ShouldContain("Redis does not answer");
        _server.Value.Start();
        await PollAsync(async () => (await tenants["notes"].GetHeadAsync(default)).Count == 1);
        (await tenants["notes"].AppendAsync(TestTenants.Note(), default)).Position.ShouldBe(1);
    }

    public void Dispose()
    {
        if (_server.IsValueCreated)
            _server.Value.Dispose();
    }

    private static async Task PollAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                if (await condition())
                    return;
            }
            catch (TenantException) when (!limit.IsCancellationRequested)
            {
            }
            await Task.Delay(20, limit.Token);
        }
    }
}
