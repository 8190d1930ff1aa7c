using System.Text;
using Granary.Grains.Redis;
using Granary.Tenants.Hosting;
using Granary.Tenants.Tests.Support;
using Granary.Tenants.Vaults.Signing;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Redis;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Tests.Vaults.Signing;

/// <summary>In Redis: wrapped with the key-encryption key, as the vaults' secrets are.</summary>
public sealed class TenantKeyRedisTests : TenantKeyContract
{
    private const string Hash = "granary:{acme}:secrets";
    private const string Field = "tenant-key.pem";

    private readonly Lazy<RedisServer> _server = new(() => new RedisServer());
    private readonly List<RedisTenants> _started = [];

    protected override int Processes => 4;

    private RedisLink Link => _started[^1].Link;

    public override async Task DisposeAsync()
    {
        await StopAsync();
        if (_server.IsValueCreated)
            _server.Value.Dispose();
    }

    [Fact]
    public async Task Redis_never_has_it_in_clear_text()
    {
        await NewAsync(Start(), Acme, "notes");
        var wrapped = (byte[])(await Link.Database.HashGetAsync(Hash, Field))!;
        Encoding.Latin1.GetString(wrapped).ShouldNotContain("PRIVATE KEY");
        using var keys = KeyRing.Parse(RedisTenants.Key);
        using var key = KeyPem.ReadPrivate(keys.Unwrap(wrapped, $"acme/{Field}"));
        key.PublicKey.KeyId.ShouldBe((await CheckpointAsync(_started[^1].Host, Acme, "notes")).Tenant!.Key.KeyId);
    }

    [Fact]
    public async Task A_key_that_was_changed_or_put_into_another_s_place_is_refused_and_not_replaced()
    {
        var host = Start();
        await NewAsync(host, Other, "notes");
        await host.Vault(Acme, VaultName.Parse("notes")).CreateAsync(default);
        var others = await Link.Database.HashGetAsync("granary:{other}:secrets", Field);
        await Link.Database.HashSetAsync(Hash, Field, others);
        (await RefusalAsync(host, Acme, "notes")).ShouldContain("it was changed, or it was wrapped for another");
        var changed = (byte[])others!;
        changed[^1] ^= 1;
        await Link.Database.HashSetAsync("granary:{other}:secrets", Field, changed);
        await host.Vault(Other, VaultName.Parse("notes")).AppendAsync(TestTenants.Note(), default);
        (await RefusalAsync(host, Other, "notes")).ShouldContain("The key of the tenant \"other\"");
        ((byte[])(await Link.Database.HashGetAsync("granary:{other}:secrets", Field))!).ShouldBe(changed);
    }

    [Fact]
    public async Task With_another_key_encryption_key_it_does_not_open_and_the_sentence_says_which_is_missing()
    {
        var host = Start();
        await host.Vault(Acme, VaultName.Parse("notes")).CreateAsync(default);
        using var foreign = KeyRing.Parse(RedisTenants.NewKey());
        await Link.Database.HashSetAsync(Hash, Field, foreign.Wrap("x"u8, $"acme/{Field}"));
        var refusal = await RefusalAsync(host, Acme, "notes");
        refusal.ShouldContain("wrapped with the key-encryption key");
        refusal.ShouldContain("add it to the ring");
    }

    [Fact]
    public async Task The_key_is_asked_for_once_for_each_tree_that_is_signed_and_never_by_an_append()
    {
        Start();
        var counted = new CountedStores(_started[^1].Vaults);
        await using var host = new InProcessTenants(
            new InProcessTenantsOptions { Places = counted, MaxVaultsPerTenant = 10 }, TimeProvider.System, NullLogger<InProcessTenants>.Instance);
        var vault = host.Vault(Acme, VaultName.Parse("notes"));
        await vault.CreateAsync(default);
        for (var trees = 1; trees < 4; trees++)
        {
            for (var i = 0; i < 10; i++)
                await vault.AppendAsync(TestTenants.Note(), default);
            await vault.VerifyAsync(null, default);
            counted.Asked.ShouldBe(trees - 1);
            var note = (await CheckpointAsync(host, Acme, "notes")).Note;
            (await CheckpointAsync(host, Acme, "notes")).Note.Write().ShouldBe(note.Write());
            counted.Asked.ShouldBe(trees);
        }
    }

    [Fact]
    public async Task Rewrapping_takes_it_along_with_the_vaults_secrets()
    {
        var before = await NewAsync(Start(), Acme, "notes");
        var next = RedisTenants.NewKey();
        using var both = KeyRing.Parse($"{next},{RedisTenants.Key}");
        var report = await RedisRewrap.RunAsync(Link, both, TimeProvider.System, default);
        (report.Failures.Count, report.Secrets, report.Rewrapped).ShouldBe((0, 2, 2));
        using var alone = KeyRing.Parse(next);
        await using var host = new InProcessTenants(
            new InProcessTenantsOptions
            {
                Places = new RedisVaults(
                    Link, new RedisSettings { Configuration = _server.Value.Configuration, Keys = alone }, TimeProvider.System, NullLoggerFactory.Instance),
            },
            TimeProvider.System,
            NullLogger<InProcessTenants>.Instance);
        (await CheckpointAsync(host, Acme, "notes")).Tenant!.ToString().ShouldBe(before.Tenant!.ToString());
    }

    [Fact]
    public async Task It_alone_tells_a_ring_from_the_one_of_its_redis()
    {
        Start();
        using var keys = KeyRing.Parse(RedisTenants.Key);
        using var foreign = KeyRing.Parse(RedisTenants.NewKey());
        await Link.Database.HashSetAsync(Hash, Field, keys.Wrap("x"u8, $"acme/{Field}"));
        (await RedisKeyCheck.RunAsync(Link, foreign, default)).ShouldNotBeNull();
        (await RedisKeyCheck.RunAsync(Link, keys, default)).ShouldBeNull();
    }

    [RealRedisFact]
    public async Task A_full_redis_takes_no_key_and_says_why_and_gives_the_one_it_has()
    {
        Start();
        using var keys = KeyRing.Parse(RedisTenants.Key);
        var secrets = new RedisOwnerSecrets(Link, keys, TimeProvider.System);
        var told = new List<string>();
        Task<byte[]?> ReadAsync(string owner, byte made) => secrets.GetOrAddAsync(owner, Field, () => [made], failure => told.Add(failure.Message), default);
        (await ReadAsync("acme", 1)).ShouldBe([1]);
        await Link.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        (await ReadAsync("acme", 2)).ShouldBe([1]);
        (await ReadAsync("other", 3)).ShouldBeNull();
        told.ShouldHaveSingleItem().ShouldContain("The store is full");
    }

    protected override InProcessTenants Start()
    {
        _started.Add(new RedisTenants(_server.Value.Configuration));
        return _started[^1].Host;
    }

    protected override async Task StopAsync()
    {
        foreach (var tenants in _started)
            await tenants.DisposeAsync();
        _started.Clear();
    }

    /// <summary>Counts how often a tenant's secret is asked for.</summary>
    private sealed class CountedStores(IVaultStores stores) : IVaultStores, ITenantSecrets
    {
        private int _asked;

        public int Asked => _asked;

        public ITenantSecrets? Secrets => this;

        public Task<byte[]?> GetOrAddAsync(TenantId tenant, string name, Func<byte[]?> make, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _asked);
            return stores.Secrets!.GetOrAddAsync(tenant, name, make, cancellation);
        }

        public IVaultStore Create(TenantId tenant, VaultName vault) => stores.Create(tenant, vault);

        public Task<VaultPage> ListAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation) => stores.ListAsync(tenant, listing, cancellation);

        public Task<long> CountAsync(TenantId tenant, CancellationToken cancellation) => stores.CountAsync(tenant, cancellation);

        public IAsyncEnumerable<TenantId> TenantsAsync(CancellationToken cancellation) => stores.TenantsAsync(cancellation);
    }
}
