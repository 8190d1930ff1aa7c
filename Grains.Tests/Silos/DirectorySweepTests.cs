using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Granary.Grains.Tests.Client;
using Granary.Silo.Membership;
using Granary.Testing.Redis;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.GrainDirectory.Redis;
using StackExchange.Redis;

namespace Granary.Grains.Tests.Silos;

/// <summary>Entries are written by Orleans' own directory.</summary>
public sealed class DirectorySweepTests : IAsyncLifetime, IDisposable
{
    private static readonly SiloAddress[] Silos = [.. Enumerable.Range(1, 3).Select(i => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, i), 1))];

    private readonly RedisServer _redis = new("--appendfsync no");
    private readonly RedisLink _link;
    private readonly RedisGrainDirectory _directory;
    private readonly Members _members = new();

    public DirectorySweepTests()
    {
        _link = RedisLink.Connect(_redis.Configuration);
        _directory = new RedisGrainDirectory(
            new RedisGrainDirectoryOptions { CreateMultiplexer = _ => Task.FromResult((_link.Connection, true)) },
            Cluster, NullLogger<RedisGrainDirectory>.Instance);
    }

    private static IOptions<ClusterOptions> Cluster => Options.Create(new ClusterOptions { ClusterId = "test", ServiceId = "test" });

    [Fact]
    public async Task What_a_dead_silo_left_is_removed_and_nothing_else()
    {
        for (var i = 0; i < 1_200; i++)
            await RegisterAsync($"a{i}", Silos[1]);
        await RegisterAsync("stays", Silos[2]);
        string[] odd = ["not an address", "{}", "[]", "null", "7", """{"SiloAddress":"nowhere"}""", """{"SiloAddress":7}""", """{"SiloAddress":"127.0.0.1:99999999@1"}""", "\ud800"];
        foreach (var (i, entry) in odd.Index())
            await _link.Database.StringSetAsync($"test/directory/odd{i}", entry);
        await _link.Database.StringSetAsync("other/directory/a1", await _link.Database.StringGetAsync("test/directory/vault/a1"));
        using var sweep = Sweep(Silos[0]);
        await sweep.StartAsync(default);
        _members.Are((Silos[0], SiloStatus.Active), (Silos[1], SiloStatus.Dead), (Silos[2], SiloStatus.Active));
        await ClusterVaultTests.WaitUntilAsync(() => _link.Primaries[0].Keys(pattern: "test/directory/vault/a*").Any() is false);
        (await LookupAsync("stays")).ShouldBe(Silos[2]);
        (await _link.Database.KeyExistsAsync([.. odd.Select((_, i) => (RedisKey)$"test/directory/odd{i}"), "other/directory/a1"])).ShouldBe(odd.Length + 1);
        sweep.ExecuteTask!.IsFaulted.ShouldBeFalse();
        await sweep.StopAsync(default);
    }

    [Fact]
    public async Task The_first_of_the_living_does_it_also_for_those_that_died_before()
    {
        await RegisterAsync("a", Silos[1]);
        using var sweep = Sweep(Silos[2]);
        await sweep.StartAsync(default);
        _members.Are((Silos[0], SiloStatus.Active), (Silos[1], SiloStatus.Dead), (Silos[2], SiloStatus.Active));
        await _members.TakenAsync();
        (await LookupAsync("a")).ShouldBe(Silos[1]);
        _members.Are((Silos[0], SiloStatus.Dead), (Silos[1], SiloStatus.Dead), (Silos[2], SiloStatus.Active));
        await ClusterVaultTests.WaitUntilAsync(() => !_link.Database.KeyExists("test/directory/vault/a"));
        await sweep.StopAsync(default);
    }

    [Fact]
    public async Task A_grain_that_is_registered_anew_afterwards_stays_so()
    {
        await RegisterAsync("a", Silos[1]);
        using var sweep = Sweep(Silos[0]);
        await sweep.StartAsync(default);
        _members.Are((Silos[0], SiloStatus.Active), (Silos[1], SiloStatus.Dead));
        await ClusterVaultTests.WaitUntilAsync(() => !_link.Database.KeyExists("test/directory/vault/a"));
        await RegisterAsync("a", Silos[0]);
        _members.Are((Silos[0], SiloStatus.Active), (Silos[1], SiloStatus.Dead), (Silos[2], SiloStatus.Dead));
        _members.Are((Silos[0], SiloStatus.Active), (Silos[1], SiloStatus.Dead), (Silos[2], SiloStatus.Dead));
        await _members.TakenAsync();
        (await LookupAsync("a")).ShouldBe(Silos[0]);
        await sweep.StopAsync(default);
    }

    public async Task InitializeAsync() => await _directory.Initialize();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _link.Dispose();
        _redis.Dispose();
    }

    private Task<GrainAddress?> RegisterAsync(string grain, SiloAddress silo) => _directory.Register(new GrainAddress
    {
        GrainId = GrainId.Create("vault", grain), ActivationId = ActivationId.NewId(), SiloAddress = silo, MembershipVersion = new MembershipVersion(1),
    });

    private async Task<SiloAddress?> LookupAsync(string grain) => (await _directory.Lookup(GrainId.Create("vault", grain)))?.SiloAddress;

    private DirectorySweep Sweep(SiloAddress self) =>
        new(_members, new PeerWatchTests.Self(self), _link, Cluster, TimeProvider.System, NullLogger<DirectorySweep>.Instance);

    private sealed class Members : IClusterMembershipService
    {
        private readonly Channel<ClusterMembershipSnapshot> _updates = Channel.CreateUnbounded<ClusterMembershipSnapshot>();
        private long _version;

        public ClusterMembershipSnapshot CurrentSnapshot => throw new NotSupportedException();

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => _updates.Reader.ReadAllAsync();

        public void Are(params (SiloAddress Silo, SiloStatus Status)[] members) => _updates.Writer.TryWrite(new(
            members.ToImmutableDictionary(member => member.Silo, member => new ClusterMember(member.Silo, member.Status, "silo")), new MembershipVersion(++_version)));

        /// <summary>Until every update but the last, which may be under way, was dealt with.</summary>
        public async Task TakenAsync()
        {
            Are();
            await ClusterVaultTests.WaitUntilAsync(() => _updates.Reader.Count == 0);
        }

        public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) => default;

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
    }
}
