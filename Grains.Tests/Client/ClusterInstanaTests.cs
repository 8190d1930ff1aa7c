using System.Collections.Concurrent;
using Granary.Grains.Calls;
using Granary.Grains.Client;
using Granary.Grains.Contracts;
using Granary.Grains.Tests.Support;
using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Granary.Tenants;

namespace Granary.Grains.Tests.Client;

public sealed class ClusterInstanaTests
{
    private static readonly InstanaConnection Connection = new(new Uri("https://unit.instana.io"), new ApiTokenCredential("top-secret-token"));

    [Fact]
    public async Task A_call_longer_than_a_message_may_wait_still_brings_its_result()
    {
        var backend = new Backend();
        await using var cluster = await TestCluster.StartAsync(instana: backend.Create);
        var slow = cluster.Tenants.Instana(TenantId.Default, Connection).CallAsync(Call("slow"), default);
        // One slow call does not hold its tenant.
        (await cluster.Tenants.Instana(TenantId.Default, Connection).CallAsync(Call("fast"), default)).Json.ToArray().ShouldBe("\"fast\""u8.ToArray());
        // Its first turn is over: from here on it is asked for with a ticket.
        await ClusterVaultTests.WaitUntilAsync(() => cluster.UnderWay == 1);
        slow.IsCompleted.ShouldBeFalse();
        backend.Release.SetResult();
        (await slow).Json.ToArray().ShouldBe("\"slow\""u8.ToArray());
        backend.Made.Count.ShouldBe(1, "one activation for one connection");
        backend.Made.Single().ShouldBe(Connection);
        backend.Deadlines.ShouldAllBe(deadline => (deadline!.Value - Backend.Deadline).Duration() < TimeSpan.FromMinutes(5));
    }

    /// <summary>Whatever a gateway lets through: the silo knows what the caller was granted, and asks again.</summary>
    [Fact]
    public async Task A_silo_refuses_a_change_at_a_backend_to_who_may_only_read_there()
    {
        var backend = new Backend();
        await using var cluster = await TestCluster.StartAsync(silos: 1, instana: backend.Create);
        var change = new InstanaCall("manage_custom_dashboards", null, "delete", """{"dashboard_id":"x","confirm":true}"""u8.ToArray());
        await RefusedAsync(AccessRights.Read, change);
        await RefusedAsync(AccessRights.None, Call("fast"));
        backend.Made.ShouldBeEmpty();
        (await cluster.Tenants.Instana(TenantId.Default, Connection, AccessRights.Read).CallAsync(Call("fast"), default)).IsError.ShouldBeFalse();
        backend.Made.Count.ShouldBe(1);

        async Task RefusedAsync(AccessRights rights, InstanaCall call) =>
            (await Should.ThrowAsync<TenantException>(() => cluster.Tenants.Instana(TenantId.Default, Connection, rights).CallAsync(call, default)))
            .Message.ShouldBe("The caller has no right to do this with the backend; the silo refused it, and nothing was done.");
    }

    [Fact]
    public async Task Who_gives_up_ends_the_call_in_its_silo()
    {
        var backend = new Backend();
        await using var cluster = await TestCluster.StartAsync(instana: backend.Create);
        using var cancel = new CancellationTokenSource();
        var call = cluster.Tenants.Instana(TenantId.Default, Connection).CallAsync(Call("slow"), cancel.Token);
        await ClusterVaultTests.WaitUntilAsync(() => cluster.UnderWay == 1);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await ClusterVaultTests.WaitUntilAsync(() => backend.Cancelled == 1);
    }

    [Fact]
    public async Task A_tenant_over_its_bound_is_told_busy_and_when_to_come_back()
    {
        var backend = new Backend();
        await using var cluster = await TestCluster.StartAsync(silos: 1, instana: backend.Create, maxCallsPerTenant: 4);
        var calls = Enumerable.Range(0, 12).Select(_ => cluster.Tenants.Instana(TenantId.Default, Connection).CallAsync(Call("slow"), default)).ToList();
        var other = await cluster.Tenants.Instana(TenantId.Parse("other"), Connection).CallAsync(Call("fast"), default);
        other.IsError.ShouldBeFalse("another tenant has places of its own");
        await ClusterVaultTests.WaitUntilAsync(() => calls.Any(call => call.IsFaulted));
        backend.Release.SetResult();
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default);
        var refused = calls.Where(call => call.IsFaulted).Select(call => (TenantException)call.Exception!.InnerException!).ToList();
        refused.ShouldAllBe(failure => failure.Failure == TenantFailure.Busy && failure.RetryAfter > TimeSpan.Zero);
        calls.Count(call => call.IsCompletedSuccessfully).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_tenants_place_is_taken_until_the_work_is_done_and_not_only_for_a_calls_first_turn()
    {
        var backend = new Backend();
        await using var cluster = await TestCluster.StartAsync(silos: 1, instana: backend.Create, maxCallsPerTenant: 2);
        var instana = cluster.Tenants.Instana(TenantId.Default, Connection);
        var calls = Enumerable.Range(0, 2).Select(_ => instana.CallAsync(Call("slow"), default)).ToList();
        await ClusterVaultTests.WaitUntilAsync(() => cluster.UnderWay == 2);
        var refused = await ClusterVaultTests.FailureAsync(instana.CallAsync(Call("fast"), default));
        (refused.Failure, refused.RetryAfter > TimeSpan.Zero).ShouldBe((TenantFailure.Busy, true));
        backend.Release.SetResult();
        await Task.WhenAll(calls);
        await ClusterVaultTests.WaitUntilAsync(() => cluster.Admitted == 0);
        (await instana.CallAsync(Call("fast"), default)).IsError.ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, TenantFailure.Unavailable)]
    [InlineData(true, TenantFailure.OutcomeUnknown)]
    [InlineData(true, TenantFailure.Damaged)]
    [InlineData(false, TenantFailure.Unavailable)]
    [InlineData(false, TenantFailure.InvalidInput)]
    public async Task What_fails_after_its_first_turn_is_told_in_its_own_words_and_not_done_again(bool reads, TenantFailure kind)
    {
        var backend = new Backend { Failure = new TenantException(kind, "The backend says no.") };
        await using var cluster = await TestCluster.StartAsync(instana: backend.Create);
        Task call = reads
            ? cluster.Tenants.Instana(TenantId.Default, Connection).CallAsync(Call("slow"), default)
            : RunNotRepeatableAsync(cluster, cluster.Silos.Client.GetGrain<IInstanaGrain>(GrainKeys.Instana(TenantId.Default, Messages.From(Connection))));
        await ClusterVaultTests.WaitUntilAsync(() => cluster.UnderWay == 1);
        backend.Release.SetResult();
        var told = await ClusterVaultTests.FailureAsync(call);
        (told.Failure, told.Message, backend.Started).ShouldBe((kind, "The backend says no.", 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Deadlines_are_time_remaining_so_clocks_an_hour_apart_change_nothing(int hours)
    {
        var backend = new Backend();
        var shifted = new ShiftedTime(TimeSpan.FromHours(hours));
        await using var cluster = await TestCluster.StartAsync(instana: backend.Create, siloTime: shifted);
        var deadline = DateTimeOffset.UtcNow + TimeSpan.FromMinutes(10);
        await cluster.Tenants.Instana(TenantId.Default, Connection).CallAsync(Call("fast") with { Deadline = deadline }, default);
        var left = backend.Deadlines.Single()!.Value - shifted.GetUtcNow();
        left.ShouldBeInRange(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));
        await cluster["notes"].CreateAsync(default);
        (await cluster["notes"].AppendAsync(TestCluster.Note(), default)).Position.ShouldBe(0);
        (await cluster["notes"].VerifyAsync(null, default)).Valid.ShouldBeTrue();
    }

    [Fact]
    public async Task What_changes_something_is_not_repeated_when_its_silo_dies()
    {
        var backend = new Backend();
        await using var cluster = await TestCluster.StartAsync(silos: 3, instana: backend.Create);
        var grain = cluster.Silos.Client.GetGrain<IInstanaGrain>(GrainKeys.Instana(TenantId.Default, Messages.From(Connection)));
        var call = RunNotRepeatableAsync(cluster, grain);
        await ClusterVaultTests.WaitUntilAsync(() => backend.Started == 1);
        var address = await cluster.Silos.Client.GetGrain<Orleans.Runtime.IManagementGrain>(0).GetActivationAddress(grain);
        await cluster.Silos.KillSiloAsync(cluster.Silos.Silos.Single(silo => silo.SiloAddress.Equals(address)));
        (await ClusterVaultTests.FailureAsync(call)).Failure.ShouldBe(TenantFailure.OutcomeUnknown);
        backend.Started.ShouldBe(1);
    }

    [Fact]
    public void A_grains_key_names_the_tenant_and_shows_no_secret()
    {
        var key = GrainKeys.Instana(TenantId.Default, Messages.From(Connection));
        key.ShouldStartWith("default/");
        key.ShouldNotContain("secret");
        GrainKeys.Tenant(key).ShouldBe(TenantId.Default);
        GrainKeys.Instana(TenantId.Default, Messages.From(Connection with { Credential = new ApiTokenCredential("other") })).ShouldNotBe(key);
    }

    private static InstanaCall Call(string operation) => new("manage_events", null, operation, default) { Deadline = Backend.Deadline };

    private static async Task<InstanaResultMessage> RunNotRepeatableAsync(TestCluster cluster, IInstanaGrain grain)
    {
        var calls = (ClusterCalls)cluster.Silos.Client.ServiceProvider.GetService(typeof(ClusterCalls))!;
        var message = Messages.From(Call("slow"), Messages.From(Connection), DateTimeOffset.UtcNow);
        return await calls.RunInTurnsAsync(
            TenantId.Default, CallKind.Write, token => grain.CallAsync(message, token), grain.ContinueAsync, grain.AbandonAsync, null, default);
    }

    private sealed class Backend
    {
        public static readonly DateTimeOffset Deadline = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

        private int _started;
        private int _cancelled;

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<InstanaConnection> Made { get; } = new();

        public ConcurrentQueue<DateTimeOffset?> Deadlines { get; } = new();

        public TenantException? Failure { get; init; }

        public int Started => _started;

        public int Cancelled => _cancelled;

        public IInstana Create(TenantId tenant, InstanaConnection connection)
        {
            if (tenant == TenantId.Default)
                Made.Enqueue(connection);
            return new Instana(this);
        }

        private sealed class Instana(Backend backend) : IInstana
        {
            public async Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation)
            {
                backend.Deadlines.Enqueue(call.Deadline);
                if (call.Operation == "slow")
                {
                    Interlocked.Increment(ref backend._started);
                    try
                    {
                        await backend.Release.Task.WaitAsync(cancellation);
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref backend._cancelled);
                        throw;
                    }
                }
                if (backend.Failure is { } failure)
                    throw failure;
                return new InstanaResult(System.Text.Encoding.UTF8.GetBytes($"\"{call.Operation}\""), false);
            }
        }
    }
}
