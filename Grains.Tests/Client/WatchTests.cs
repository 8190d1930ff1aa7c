using System.Collections.Concurrent;
using Granary.Grains.Client;
using Granary.Grains.Tests.Support;
using Granary.Tenants;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Grains.Tests.Client;

public sealed class WatchTests
{
    [Fact]
    public async Task Commits_reach_who_watches_their_tenant_and_nobody_else()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster["notes"].CreateAsync(default);
        var heard = new ConcurrentQueue<VaultCommitted>();
        var others = new ConcurrentQueue<VaultCommitted>();
        using var other = cluster.Tenants.Watch(TenantId.Parse("other"), others.Enqueue);
        using (cluster.Tenants.Watch(TenantId.Default, heard.Enqueue))
        {
            // The first word is that the subscription stands.
            await ClusterVaultTests.WaitUntilAsync(() => heard.Any(commit => commit.Vault is null));
            await cluster["notes"].AppendAsync(TestCluster.Note(), default);
            await cluster["notes"].AppendAsync(TestCluster.Note(), default);
            await ClusterVaultTests.WaitUntilAsync(() => heard.Contains(new VaultCommitted(TenantId.Default, VaultName.Parse("notes"), 2)));
        }
        others.ShouldAllBe(commit => commit.Vault == null);
    }

    [Fact]
    public async Task Who_watches_goes_on_hearing_after_the_silo_that_told_it_is_gone()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 3);
        await cluster["notes"].CreateAsync(default);
        var heard = new ConcurrentQueue<VaultCommitted>();
        using var watch = cluster.Tenants.Watch(TenantId.Default, heard.Enqueue);
        await ClusterVaultTests.WaitUntilAsync(() => !heard.IsEmpty);
        var grain = cluster.Silos.Client.GetGrain<Contracts.ICommitsGrain>("default");
        var address = await cluster.Silos.Client.GetGrain<Orleans.Runtime.IManagementGrain>(0).GetActivationAddress(grain);
        await cluster.Silos.KillSiloAsync(cluster.Silos.Silos.Single(silo => silo.SiloAddress.Equals(address)));
        heard.Clear();
        // Renewed within seconds, it is told to look again; from then on it hears each commit.
        await ClusterVaultTests.WaitUntilAsync(() => heard.Any(commit => commit.Vault is null));
        await cluster["notes"].AppendAsync(TestCluster.Note(), default);
        await ClusterVaultTests.WaitUntilAsync(() => heard.Any(commit => commit.Head == 1));
    }

    [Fact]
    public async Task A_renewal_without_an_answer_keeps_no_other_tenant_waiting()
    {
        var held = new Held("silent");
        await using var cluster = await TestCluster.StartAsync(
            client: new ClusterClientOptions { Renewal = TimeSpan.FromMilliseconds(200) },
            configure: silo => silo.AddIncomingGrainCallFilter(held));
        using var silent = cluster.Tenants.Watch(TenantId.Parse("silent"), _ => { });
        using var watch = cluster.Tenants.Watch(TenantId.Default, _ => { });
        await ClusterVaultTests.WaitUntilAsync(() => held.Waiting > 0);
        var renewals = held.Renewals;
        // More than one round: all of them began while the other call had no answer.
        await ClusterVaultTests.WaitUntilAsync(() => held.Renewals > renewals + 3);
        held.Waiting.ShouldBeGreaterThan(0);
        held.Release();
    }

    [Fact]
    public async Task A_commit_whose_message_was_lost_on_its_way_is_told_again()
    {
        var lost = new LostOnce();
        await using var cluster = await TestCluster.StartAsync(configure: silo => silo.AddIncomingGrainCallFilter(lost));
        await cluster["notes"].CreateAsync(default);
        var heard = new ConcurrentQueue<VaultCommitted>();
        using var watch = cluster.Tenants.Watch(TenantId.Default, heard.Enqueue);
        await ClusterVaultTests.WaitUntilAsync(() => !heard.IsEmpty);
        lost.Next = true;
        await cluster["notes"].AppendAsync(TestCluster.Note(), default);
        await ClusterVaultTests.WaitUntilAsync(() => heard.Any(commit => commit.Head == 1));
        lost.Next.ShouldBeFalse();
    }

    [Fact]
    public async Task A_vault_that_nobody_listens_to_tells_its_commits_less_often()
    {
        var (published, time) = (new Published(), new FakeTimeProvider());
        await using var cluster = await TestCluster.StartAsync(siloTime: time, configure: silo => silo.AddIncomingGrainCallFilter(published));
        await cluster["notes"].CreateAsync(default);
        await cluster["notes"].AppendAsync(TestCluster.Note(), default);
        await ClusterVaultTests.WaitUntilAsync(() => published.Count == 1);
        // These wait for the pause to end, and are told as one.
        await cluster["notes"].AppendAsync(TestCluster.Note(), default);
        await cluster["notes"].AppendAsync(TestCluster.Note(), default);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await Task.Delay(200);
        published.Count.ShouldBe(1);
        await ClusterVaultTests.WaitUntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return published.Count > 1;
        });
        published.Last.ShouldBe(3);
    }

    /// <summary>Holds the renewals of one tenant, and counts those of the others.</summary>
    private sealed class Held(string tenant) : IIncomingGrainCallFilter
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _renewals;
        private int _waiting;

        public int Renewals => Volatile.Read(ref _renewals);

        public int Waiting => Volatile.Read(ref _waiting);

        public void Release() => _released.TrySetResult();

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.MethodName == nameof(Contracts.ICommitsGrain.ListenAsync))
            {
                if (context.TargetId.Key.ToString() != tenant)
                    Interlocked.Increment(ref _renewals);
                else if (!_released.Task.IsCompleted)
                    await HoldAsync();
            }
            await context.Invoke();
        }

        private async Task HoldAsync()
        {
            Interlocked.Increment(ref _waiting);
            await _released.Task;
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Counts the messages of vaults.</summary>
    private sealed class Published : IIncomingGrainCallFilter
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        /// <summary>The head that the last one told.</summary>
        public long Last { get; private set; }

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.MethodName == nameof(Contracts.ICommitsGrain.PublishAsync))
            {
                Last = ((Contracts.CommitMessage)context.Request.GetArgument(0)!).Head;
                Interlocked.Increment(ref _count);
            }
            return context.Invoke();
        }
    }

    /// <summary>Loses one message of a vault to the grain that hands it on, as a silo that dies does.</summary>
    private sealed class LostOnce : IIncomingGrainCallFilter
    {
        public bool Next { get; set; }

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (!Next || context.MethodName != nameof(Contracts.ICommitsGrain.PublishAsync))
                return context.Invoke();
            Next = false;
            throw new Orleans.Runtime.SiloUnavailableException();
        }
    }
}
