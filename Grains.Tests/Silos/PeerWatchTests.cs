using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Granary.Grains.Tests.Client;
using Granary.Silo.Membership;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Grains.Tests.Silos;

public sealed class PeerWatchTests : IAsyncLifetime
{
    private readonly TcpListener _living = new(IPAddress.Loopback, 0);
    private readonly TcpListener _dying = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task A_silo_whose_port_is_refused_is_declared_dead_and_one_that_accepts_is_not_however_silent_it_is()
    {
        var (living, dying) = (Address(_living), Address(_dying));
        var membership = new Members((living, SiloStatus.Active), (dying, SiloStatus.Active));
        using var watch = Watch(membership);
        await watch.StartAsync(default);
        _dying.Stop();
        await ClusterVaultTests.WaitUntilAsync(() => membership.Killed.Contains(dying));
        membership.Killed.ShouldNotContain(living);
        await watch.StopAsync(default);
    }

    [Fact]
    public async Task A_silo_that_still_accepts_while_it_dies_is_looked_at_until_its_port_is_refused()
    {
        var dying = Address(_dying);
        var membership = new Members((dying, SiloStatus.Active));
        var time = new FakeTimeProvider();
        using var watch = Watch(membership, time);
        await watch.StartAsync(default);
        using (var first = await _dying.AcceptSocketAsync())
        {
            var end = first.ReceiveAsync(new byte[1]);
            // It ends, and its port still accepts.
            first.LingerState = new LingerOption(true, 0);
            end.IsCompleted.ShouldBeFalse("the connection is kept to see whether it ends");
        }
        await StepUntilAsync(time, _dying.Pending);
        // The next is made before anybody takes it, and ends with the port.
        _dying.Stop();
        await StepUntilAsync(time, () => membership.Killed.Contains(dying));
        await watch.StopAsync(default);
    }

    [Fact]
    public async Task A_silo_that_ends_each_connection_at_once_is_left_to_the_probes()
    {
        var odd = Address(_living);
        var membership = new Members((odd, SiloStatus.Active));
        var time = new FakeTimeProvider();
        using var watch = Watch(membership, time);
        await watch.StartAsync(default);
        for (var connections = 0; connections < 40; connections++)
        {
            await StepUntilAsync(time, _living.Pending);
            (await _living.AcceptSocketAsync()).Dispose();
        }
        membership.Killed.ShouldBeEmpty();
        await watch.StopAsync(default);
    }

    [Theory]
    [InlineData(SiloStatus.Joining)]
    [InlineData(SiloStatus.Created)]
    [InlineData(SiloStatus.Dead)]
    public async Task A_silo_that_joins_is_given_time(SiloStatus status)
    {
        var (joining, dying) = (Address(_living), Address(_dying));
        _living.Stop();
        _dying.Stop();
        var membership = new Members((joining, status), (dying, SiloStatus.Active));
        using var watch = Watch(membership);
        await watch.StartAsync(default);
        await ClusterVaultTests.WaitUntilAsync(() => membership.Killed.Contains(dying));
        membership.Killed.ShouldNotContain(joining);
        await watch.StopAsync(default);
    }

    [Fact]
    public async Task The_end_of_a_connection_that_a_silo_opened_is_a_reason_to_look()
    {
        var connections = new PeerConnections();
        using var watch = Watch(new Members((Address(_living), SiloStatus.Active)), new FakeTimeProvider(), connections);
        await watch.StartAsync(default);
        await LeaveAloneAsync(_living);
        var end = new TaskCompletionSource();
        var inbound = connections.ObserveInbound(_ => end.Task)(new DefaultConnectionContext());
        end.SetResult();
        await inbound;
        // By its clock no time has passed.
        await ClusterVaultTests.WaitUntilAsync(_living.Pending);
        await watch.StopAsync(default);
    }

    [Fact]
    public async Task While_no_connection_ends_one_silo_in_turn_is_looked_at()
    {
        TcpListener[] peers = [_living, _dying];
        var time = new FakeTimeProvider();
        using var watch = Watch(new Members([.. peers.Select(peer => (Address(peer), SiloStatus.Active))]), time);
        await watch.StartAsync(default);
        await Task.WhenAll(peers.Select(LeaveAloneAsync));
        var begin = time.GetTimestamp();
        await StepUntilAsync(time, () => peers.All(peer => peer.Pending()));
        time.GetElapsedTime(begin).ShouldBeGreaterThan(TimeSpan.FromSeconds(3.9), "each has had its turn, and there are two seconds between two of them");
        await watch.StopAsync(default);
    }

    public Task InitializeAsync()
    {
        _living.Start();
        _dying.Start();
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        _living.Dispose();
        _dying.Dispose();
        return Task.CompletedTask;
    }

    private static SiloAddress Address(TcpListener listener) => SiloAddress.New((IPEndPoint)listener.LocalEndpoint, 1);

    private static PeerWatch Watch(IClusterMembershipService membership, TimeProvider? time = null, PeerConnections? connections = null) => new(
        membership, new Self(SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 1)), connections ?? new PeerConnections(), time ?? TimeProvider.System, NullLogger<PeerWatch>.Instance);

    /// <summary>Takes the connection of a look and says something, which ends the look.</summary>
    private static async Task LeaveAloneAsync(TcpListener peer)
    {
        using var look = await peer.AcceptSocketAsync();
        await look.SendAsync(new byte[1]);
        await look.ReceiveAsync(new byte[1]);
    }

    /// <summary>Less than what ends a look, and more than the pause between two connections of one.</summary>
    private static Task StepUntilAsync(FakeTimeProvider time, Func<bool> condition) => ClusterVaultTests.WaitUntilAsync(() =>
    {
        if (condition())
            return true;
        time.Advance(TimeSpan.FromMilliseconds(25));
        return false;
    });

    internal sealed class Self(SiloAddress address) : ILocalSiloDetails
    {
        public string Name => "self";

        public string ClusterId => "test";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => address;

        public SiloAddress GatewayAddress => SiloAddress;
    }

    private sealed class Members(params (SiloAddress Silo, SiloStatus Status)[] members) : IClusterMembershipService
    {
        private ImmutableList<SiloAddress> _killed = [];

        public ImmutableList<SiloAddress> Killed => _killed;

        public ClusterMembershipSnapshot CurrentSnapshot { get; } = new(
            members.ToImmutableDictionary(member => member.Silo, member => new ClusterMember(member.Silo, member.Status, "peer")), new MembershipVersion(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) => default;

        public Task<bool> TryKill(SiloAddress siloAddress)
        {
            ImmutableInterlocked.Update(ref _killed, killed => killed.Add(siloAddress));
            return Task.FromResult(true);
        }
    }
}
