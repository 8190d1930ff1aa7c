using Granary.Tenants.Hosting;
using Granary.Tenants.Tests.Support;

namespace Granary.Tenants.Tests.Hosting;

/// <summary>How many vaults a tenant may have.</summary>
public sealed class VaultQuotaTests
{
    [Fact]
    public async Task One_vault_too_many_is_refused_with_what_would_help_and_is_not_made()
    {
        await using var tenants = new TestTenants(o => new InProcessTenantsOptions { DataFolder = o.DataFolder, MaxVaultsPerTenant = 2 });
        await tenants["a"].CreateAsync(default);
        await tenants["b"].CreateAsync(default);
        var refused = await Should.ThrowAsync<TenantException>(() => tenants["c"].CreateAsync(default));
        refused.Failure.ShouldBe(TenantFailure.StorageRefused);
        refused.Message.ShouldBe(
            "This tenant has 2 vaults, and may have 2: use one of them, or have the operator raise GRANARY_MAX_VAULTS_PER_TENANT. Nothing was made.");
        (await tenants.Host.ListVaultsAsync(TenantId.Default, new VaultListing(), default)).Vaults.Select(v => v.Value).ShouldBe(["a", "b"]);
        // Another tenant has its own, and what is there stays in use.
        await tenants.Host.Vault(TenantId.Parse("other"), VaultName.Parse("c")).CreateAsync(default);
        (await tenants["a"].AppendAsync(TestTenants.Note(), default)).Position.ShouldBe(0);
    }

    [Theory]
    [InlineData("psmc", 0)]
    [InlineData("backpack", 2)]
    public async Task One_event_too_many_is_refused_with_what_would_help(string format, int born)
    {
        await using var tenants = new TestTenants(o => new InProcessTenantsOptions { DataFolder = o.DataFolder, MaxEventsPerVault = born + 2 });
        var note = new AppendEvent("OBSERVATION", """{"subject":"s","predicate":"p","value":1}"""u8.ToArray());
        await tenants["a"].CreateAsync(new VaultCreation { Format = format }, default);
        await tenants["a"].AppendAsync(note, default);
        await tenants["a"].AppendAsync(note, default);
        var refused = await Should.ThrowAsync<TenantException>(() => tenants["a"].AppendAsync(note, default));
        refused.Failure.ShouldBe(TenantFailure.StorageRefused);
        refused.Message.ShouldBe(
            $"This vault has {born + 2} events, and may have {born + 2}: go on in another one, or have the operator raise GRANARY_MAX_EVENTS_PER_VAULT. Nothing was appended.");
        (await tenants["a"].GetHeadAsync(default)).Count.ShouldBe(born + 2);
        (await tenants["a"].VerifyAsync(null, default)).Valid.ShouldBeTrue();
        // Each vault has its own, and the record of calls goes on.
        await tenants["b"].CreateAsync(default);
        await tenants["b"].AppendAsync(TestTenants.Note(), default);
        var audit = tenants.Host.Vault(TenantId.Default, AuditVault.Name);
        await audit.CreateAsync(default);
        for (var i = 0; i < born + 4; i++)
            await audit.AppendAsync(TestTenants.Note(), default);
    }

    [Fact]
    public async Task The_record_of_calls_is_made_whatever_the_tenant_has_used_up()
    {
        await using var tenants = new TestTenants(o => new InProcessTenantsOptions { DataFolder = o.DataFolder, MaxVaultsPerTenant = 1 });
        await tenants["a"].CreateAsync(default);
        await tenants.Host.Vault(TenantId.Default, AuditVault.Name).CreateAsync(default);
    }

    [Fact]
    public async Task A_loop_that_makes_vaults_is_stopped_and_goes_on_later()
    {
        await using var tenants = new TestTenants(o => new InProcessTenantsOptions { DataFolder = o.DataFolder, MaxVaultsPerTenant = 10_000 });
        TenantException? refused = null;
        var made = 0;
        for (; refused is null && made < 5_000; made++)
        {
            try
            {
                await Task.WhenAll(Enumerable.Range(0, 20).Select(i => tenants[$"loop/{made}/{i}"].CreateAsync(default)));
            }
            catch (TenantException failure)
            {
                refused = failure;
            }
        }
        made.ShouldBeGreaterThanOrEqualTo(10, "two hundred are made at once");
        refused.ShouldNotBeNull().ShouldSatisfyAllConditions(
            failure => failure.Failure.ShouldBe(TenantFailure.Busy), failure => failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1)), failure => failure.Message.ShouldContain("too fast"));
        await tenants.Host.Vault(TenantId.Parse("other"), VaultName.Parse("c")).CreateAsync(default);
        // Tokens come back by the clock.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            try
            {
                await tenants["later"].CreateAsync(limit.Token);
                break;
            }
            catch (TenantException failure) when (failure.Failure == TenantFailure.Busy)
            {
                await Task.Delay(100, limit.Token);
            }
        }
    }

    [Fact]
    public async Task A_vault_that_is_there_is_said_to_be_there_whatever_the_quota()
    {
        await using var tenants = new TestTenants(o => new InProcessTenantsOptions { DataFolder = o.DataFolder, MaxVaultsPerTenant = 1 });
        await tenants["a"].CreateAsync(default);
        (await Should.ThrowAsync<TenantException>(() => tenants["a"].CreateAsync(default))).Failure.ShouldBe(TenantFailure.AlreadyExists);
    }
}
