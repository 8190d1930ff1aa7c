using System.Collections.Concurrent;
using Granary.Grains.Tests.Support;
using Granary.Tenants;

namespace Granary.Grains.Tests.Client;

public sealed class ClusterVaultTests
{
    [Fact]
    public async Task A_vault_in_the_cluster_answers_as_one_in_this_process()
    {
        await using var cluster = await TestCluster.StartAsync();
        var vault = cluster["team/notes"];
        var made = await vault.CreateAsync(default);
        made.Vault.ShouldBe("team/notes");
        made.Format.ShouldBe("psmc");
        var first = await vault.AppendAsync(TestCluster.Note("one") with { Tags = ["a", "b"], EmitProvara = true }, default);
        var second = await vault.AppendAsync(TestCluster.Note("two"), default);
        (first.Position, second.Position).ShouldBe((0, 1));
        first.ProvaraEventId.ShouldNotBeNull();
        first.StateHash.ShouldNotBeNull();
        first.Replayed.ShouldBeFalse();
        (await vault.GetHeadAsync(default)).ShouldBe(new VaultHead(2, second.Hash));
        var timeline = await vault.QueryTimelineAsync(new TimelineQuery { Limit = 1 }, default);
        System.Text.Encoding.UTF8.GetString(timeline.Events.Single().Span).ShouldContain(second.EventId);
        var report = await vault.VerifyAsync(null, default);
        (report.Valid, report.EventCount, report.Head).ShouldBe((true, 2, second.Hash));
    }

    [Fact]
    public async Task Failures_come_back_with_their_kind_and_their_sentence()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1);
        (await FailureAsync(cluster["nobody"].VerifyAsync(null, default))).Failure.ShouldBe(TenantFailure.NotFound);
        await cluster["notes"].CreateAsync(default);
        (await FailureAsync(cluster["notes"].CreateAsync(default))).Failure.ShouldBe(TenantFailure.AlreadyExists);
        var wrong = await FailureAsync(cluster["notes"].AppendAsync(new AppendEvent("note", "[]"u8.ToArray()), default));
        wrong.Failure.ShouldBe(TenantFailure.InvalidInput);
        wrong.Message.ShouldContain("data");
        await cluster["notes"].AppendAsync(TestCluster.Note("one", key: "k"), default);
        (await FailureAsync(cluster["notes"].AppendAsync(TestCluster.Note("two", key: "k"), default))).Failure.ShouldBe(TenantFailure.KeyReused);
        (await cluster["notes"].AppendAsync(TestCluster.Note("one", key: "k"), default)).Replayed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_tenants_vaults_are_listed_in_pages_and_no_other_tenants()
    {
        await using var cluster = await TestCluster.StartAsync();
        foreach (var name in (string[])["team/b", "notes", "team/a"])
            await cluster[name].CreateAsync(default);
        await cluster.Tenants.Vault(TenantId.Parse("other"), VaultName.Parse("theirs")).CreateAsync(default);
        var first = await cluster.Tenants.ListVaultsAsync(TenantId.Default, new VaultListing { Limit = 2 }, default);
        first.Vaults.Select(vault => vault.Value).ShouldBe(["notes", "team/a"]);
        var second = await cluster.Tenants.ListVaultsAsync(TenantId.Default, new VaultListing { After = first.Next }, default);
        (second.Vaults.Single().Value, second.Next).ShouldBe(("team/b", null));
        (await cluster.Tenants.ListVaultsAsync(TenantId.Default, new VaultListing { Prefix = "team/" }, default)).Vaults.Count.ShouldBe(2);
        (await cluster.Tenants.ListVaultsAsync(TenantId.Parse("nobody"), new VaultListing(), default)).Vaults.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_operation_runs_in_the_cluster_as_in_this_process()
    {
        await using var cluster = await TestCluster.StartAsync();
        var vault = cluster["notes"];
        await vault.CreateAsync(default);
        foreach (var text in (string[])["one", "two", "three"])
            await vault.AppendAsync(TestCluster.Note(text), default);
        var result = await vault.RunAsync(new VaultCall("list_events", """{"limit":2}"""u8.ToArray()), null, default);
        using var list = System.Text.Json.JsonDocument.Parse(result.Json);
        (list.RootElement.GetProperty("total").GetInt64(), list.RootElement.GetProperty("next_offset").GetInt64()).ShouldBe((3, 2));
        var refused = await FailureAsync(vault.RunAsync(new VaultCall("list_events", "[]"u8.ToArray()), null, default));
        refused.Failure.ShouldBe(TenantFailure.InvalidInput);
        (await FailureAsync(vault.RunAsync(new VaultCall("nonsense", default), null, default))).Message.ShouldContain("nonsense");
        (await FailureAsync(vault.CreateAsync(new VaultCreation { Format = "paper" }, default))).Message.ShouldContain("format");
    }

    [Fact]
    public async Task A_backpack_in_the_cluster_is_written_redacted_proved_and_verified()
    {
        await using var cluster = await TestCluster.StartAsync();
        var vault = cluster["notes"];
        var made = await vault.CreateAsync(new VaultCreation { Format = "backpack", Actor = "ada", Uid = "u-1", Quorum = true }, default);
        (made.Format, made.EventCount, made.Uid).ShouldBe(("backpack", 2, "u-1"));
        made.QuorumKeyId.ShouldNotBeNull();
        var receipt = await vault.AppendAsync(new AppendEvent("OBSERVATION", """{"subject":"s","predicate":"p","value":1}"""u8.ToArray()) { Actor = "ada", Namespace = "local" }, default);
        var redact = new VaultCall("redact_event", System.Text.Encoding.UTF8.GetBytes($$"""{"event_id":"{{receipt.EventId}}","reason":"OTHER"}""")) { IdempotencyKey = "once" };
        var first = await vault.RunAsync(redact, null, default);
        var again = await vault.RunAsync(redact, null, default);
        System.Text.Encoding.UTF8.GetString(again.Json.Span).ShouldBe(System.Text.Encoding.UTF8.GetString(first.Json.Span));
        (await vault.GetHeadAsync(default)).Count.ShouldBe(4);
        await vault.RunAsync(new VaultCall("rotate_key", default), null, default);
        await vault.RunAsync(new VaultCall("prove_event", """{"position":2}"""u8.ToArray()), null, default);
        (await vault.VerifyAsync(null, default)).ShouldSatisfyAllConditions(report => report.Valid.ShouldBeTrue(), report => report.EventCount.ShouldBe(6));
    }

    [Fact]
    public async Task Tenants_do_not_meet()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster["notes"].CreateAsync(default);
        await cluster["notes"].AppendAsync(TestCluster.Note(), default);
        var other = cluster.Tenants.Vault(TenantId.Parse("other"), VaultName.Parse("notes"));
        (await FailureAsync(other.GetHeadAsync(default))).Failure.ShouldBe(TenantFailure.NotFound);
        await other.CreateAsync(default);
        (await other.GetHeadAsync(default)).Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_vault_survives_the_silo_that_held_it_and_a_call_caught_by_its_death_is_carried_out_once()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 3);
        await cluster["notes"].CreateAsync(default);
        var acknowledged = new ConcurrentQueue<AppendReceipt>();
        var unknown = 0;
        var victim = await cluster.SiloOfAsync("notes");
        using var stop = new CancellationTokenSource();
        var storm = Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                await AppendAsync(TestCluster.Note($"{writer}-{i}", key: i % 2 == 0 ? $"{writer}-{i}" : null));
        }));
        await WaitUntilAsync(() => acknowledged.Count > 50);
        await cluster.Silos.KillSiloAsync(victim);
        var before = acknowledged.Count;
        await WaitUntilAsync(() => acknowledged.Count > before + 50);
        await stop.CancelAsync();
        await storm;
        acknowledged.Select(receipt => receipt.Position).Distinct().Count().ShouldBe(acknowledged.Count);
        var report = await cluster["notes"].VerifyAsync(null, default);
        report.Valid.ShouldBeTrue();
        report.EventCount.ShouldBeInRange(acknowledged.Count, acknowledged.Count + unknown, "every acknowledged event once, and no other");

        async Task AppendAsync(AppendEvent append)
        {
            while (true)
            {
                try
                {
                    acknowledged.Enqueue(await cluster["notes"].AppendAsync(append, default));
                    return;
                }
                catch (TenantException failure) when (failure.Failure == TenantFailure.Unavailable)
                {
                    // Nothing was done: asking again is what it says.
                }
                catch (TenantException failure) when (failure.Failure == TenantFailure.OutcomeUnknown)
                {
                    // A busy machine may need longer than the client tries. A call with a key finds out; one without does not know.
                    if (append.IdempotencyKey is null)
                    {
                        Interlocked.Increment(ref unknown);
                        return;
                    }
                }
            }
        }
    }

    [Fact]
    public async Task A_silo_that_stops_in_order_fails_no_call()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2);
        foreach (var i in Enumerable.Range(0, 20))
            await cluster[$"v{i}"].CreateAsync(default);
        using var stop = new CancellationTokenSource();
        var done = 0;
        var storm = Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            while (!stop.IsCancellationRequested)
            {
                await cluster[$"v{i}"].AppendAsync(TestCluster.Note(), default);
                await cluster[$"v{i}"].QueryTimelineAsync(new TimelineQuery { Limit = 1 }, default);
                Interlocked.Increment(ref done);
            }
        }));
        await WaitUntilAsync(() => done > 50);
        await cluster.Silos.StartAdditionalSiloAsync();
        await cluster.Silos.StopSiloAsync(cluster.Silos.Silos[1]);
        var before = done;
        await WaitUntilAsync(() => done > before + 100);
        await stop.CancelAsync();
        await storm;
        for (var i = 0; i < 20; i++)
            (await cluster[$"v{i}"].VerifyAsync(null, default)).Valid.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_activations_of_one_vault_share_its_positions_and_never_fork_it()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1);
        await cluster["notes"].CreateAsync(default);
        await using var stray = cluster.Stray("notes");
        var receipts = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() =>
            i % 2 == 0 ? cluster["notes"].AppendAsync(TestCluster.Note($"{i}"), default) : stray.AppendAsync(TestCluster.Note($"{i}"), default))));
        receipts.Select(receipt => receipt.Position).Order().ShouldBe(Enumerable.Range(0, 200).Select(i => (long)i));
        var timeline = await cluster["notes"].QueryTimelineAsync(new TimelineQuery(), default);
        foreach (var receipt in receipts)
            System.Text.Encoding.UTF8.GetString(timeline.Events[(int)receipt.Position].Span).ShouldContain(receipt.EventId);
        (await cluster["notes"].VerifyAsync(null, default)).Valid.ShouldBeTrue();
    }

    [Fact]
    public async Task A_retry_key_is_as_good_as_a_clients_and_does_not_show()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1);
        await cluster["notes"].CreateAsync(default);
        await using var stray = cluster.Stray("notes");
        var append = TestCluster.Note() with { RetryKey = "made-by-the-gateway" };
        var first = await stray.AppendAsync(append, default);
        var second = await stray.AppendAsync(append, default);
        second.ShouldBe(first);
        second.Replayed.ShouldBeFalse();
        (await cluster["notes"].GetHeadAsync(default)).Count.ShouldBe(1);
    }

    internal static async Task<TenantException> FailureAsync(Task call) => await Should.ThrowAsync<TenantException>(() => call);

    internal static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (!condition())
            await Task.Delay(10, limit.Token);
    }
}
