using Granary.Tenants.Tests.Support;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Redis;

namespace Granary.Tenants.Tests.Hosting.Redis;

public sealed class RedisVaultListingTests : VaultListingContract
{
    [Fact]
    public override Task Vaults_are_listed_in_the_order_of_their_bytes() => base.Vaults_are_listed_in_the_order_of_their_bytes();

    [Fact]
    public override Task Pages_of_any_size_make_up_the_list() => base.Pages_of_any_size_make_up_the_list();

    [Fact]
    public override Task A_prefix_chooses_and_need_not_be_a_name() => base.A_prefix_chooses_and_need_not_be_a_name();

    [Fact]
    public override Task Each_tenant_has_a_list_of_its_own() => base.Each_tenant_has_a_list_of_its_own();

    [Fact]
    public override Task A_vault_that_could_not_be_made_is_not_listed() => base.A_vault_that_could_not_be_made_is_not_listed();

    [Fact]
    public async Task What_one_process_makes_the_other_lists()
    {
        using var server = new RedisServer();
        await using var one = new RedisTenants(server.Configuration);
        await using var other = new RedisTenants(server.Configuration);
        await one["notes"].CreateAsync(default);
        (await other.Host.ListVaultsAsync(TenantId.Default, new VaultListing(), default)).Vaults.ShouldBe([VaultName.Parse("notes")]);
        await Should.ThrowAsync<TenantException>(() => other["notes"].CreateAsync(default));
        (await other.Host.ListVaultsAsync(TenantId.Default, new VaultListing(), default)).Vaults.ShouldBe([VaultName.Parse("notes")]);
    }

    [Fact]
    public async Task A_name_whose_vault_was_never_born_is_left_out_and_its_page_goes_on()
    {
        using var server = new RedisServer();
        await using var tenants = new RedisTenants(server.Configuration);
        foreach (var name in (string[])["a", "d"])
            await tenants[name].CreateAsync(default);
        // What a process leaves that dies between the two steps of a birth.
        var index = new RedisVaultIndex(tenants.Link, TimeProvider.System);
        foreach (var name in (string[])["b", "c"])
            await index.AddAsync("default", name, default);
        var first = await tenants.Host.ListVaultsAsync(TenantId.Default, new VaultListing { Limit = 3 }, default);
        first.Vaults.ShouldBe([VaultName.Parse("a")]);
        first.Next.ShouldBe(VaultName.Parse("c"));
        var second = await tenants.Host.ListVaultsAsync(TenantId.Default, new VaultListing { After = first.Next, Limit = 3 }, default);
        (second.Vaults.Single().Value, second.Next).ShouldBe(("d", null));
        await tenants["b"].CreateAsync(default);
        (await tenants.Host.ListVaultsAsync(TenantId.Default, new VaultListing(), default)).Vaults.Select(vault => vault.Value).ShouldBe(["a", "b", "d"]);
    }

    [Fact]
    public async Task A_vault_from_before_there_was_a_list_is_listed_once_it_is_used()
    {
        using var server = new RedisServer();
        await using var tenants = new RedisTenants(server.Configuration);
        using var keys = KeyRing.Parse(RedisTenants.Key);
        using (var key = SigningKey.Generate())
        {
            var store = new RedisVaultStore(new RedisVaultOptions { Link = tenants.Link, Name = "default/old", Keys = keys });
            await PsmcVault.CreateAsync(store, key, DateTimeOffset.UnixEpoch, default);
        }
        (await tenants.Host.ListVaultsAsync(TenantId.Default, new VaultListing(), default)).Vaults.ShouldBeEmpty();
        await tenants["old"].AppendAsync(TestTenants.Note(), default);
        (await tenants.Host.ListVaultsAsync(TenantId.Default, new VaultListing(), default)).Vaults.Single().Value.ShouldBe("old");
    }

    [Fact]
    public async Task A_list_that_cannot_be_added_to_makes_no_vault_and_takes_none_away()
    {
        using var server = new RedisServer();
        await using var tenants = new RedisTenants(server.Configuration);
        await tenants["notes"].CreateAsync(default);
        await tenants.Link.Database.KeyDeleteAsync("granary:{default}:vaults");
        await tenants.Link.Database.StringSetAsync("granary:{default}:vaults", "not ours");
        var refused = await Should.ThrowAsync<TenantException>(() => tenants["more"].CreateAsync(default));
        refused.Message.ShouldContain("not written by this program");
        await using var fresh = new RedisTenants(server.Configuration);
        (await fresh["notes"].AppendAsync(TestTenants.Note(), default)).Position.ShouldBe(0);
        (await Should.ThrowAsync<TenantException>(() => fresh["more"].GetHeadAsync(default))).Failure.ShouldBe(TenantFailure.NotFound);
        (await Should.ThrowAsync<TenantException>(() => fresh.Host.ListVaultsAsync(TenantId.Default, new VaultListing(), default))).Failure.ShouldBe(TenantFailure.Unavailable);
    }

    [Fact]
    public async Task In_a_redis_cluster_the_list_and_its_vaults_lie_in_different_slots()
    {
        using var nodes = new RedisClusterNodes();
        await using var tenants = new RedisTenants(nodes.Configuration);
        var names = Enumerable.Range(0, 12).Select(i => $"v{i:D2}").ToList();
        foreach (var name in names)
            await tenants[name].CreateAsync(default);
        (await tenants.Host.ListVaultsAsync(TenantId.Default, new VaultListing(), default)).Vaults.Select(vault => vault.Value).ShouldBe(names);
    }

    private protected override ListedHost Start()
    {
        var server = new RedisServer();
        var tenants = new RedisTenants(server.Configuration);
        return new ListedHost(tenants.Host, tenants, server);
    }
}
