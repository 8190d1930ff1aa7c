using System.Text;

namespace Granary.Tenants.Tests.Hosting;

/// <summary>What a list of a tenant's vaults is, wherever they lie.</summary>
public abstract class VaultListingContract
{
    private static readonly string[] Names = ["notes", "team/b", "team/a", "Team", "\U0001F33E/grain", "\uFB01le"];

    public virtual async Task Vaults_are_listed_in_the_order_of_their_bytes()
    {
        await using var host = await FilledAsync();
        var page = await host.Tenants.ListVaultsAsync(TenantId.Default, new VaultListing(), default);
        page.Vaults.Select(vault => vault.Value).ShouldBe(Names.OrderBy(name => Convert.ToHexString(Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal));
        page.Next.ShouldBeNull();
    }

    public virtual async Task Pages_of_any_size_make_up_the_list()
    {
        await using var host = await FilledAsync();
        var whole = (await host.Tenants.ListVaultsAsync(TenantId.Default, new VaultListing(), default)).Vaults;
        foreach (var limit in (int[])[1, 2, 5, 6, 7])
        {
            var names = new List<VaultName>();
            VaultName? after = null;
            do
            {
                var page = await host.Tenants.ListVaultsAsync(TenantId.Default, new VaultListing { After = after, Limit = limit }, default);
                page.Vaults.Count.ShouldBeLessThanOrEqualTo(limit);
                names.AddRange(page.Vaults);
                after = page.Next;
            }
            while (after is not null);
            names.ShouldBe(whole);
        }
    }

    public virtual async Task A_prefix_chooses_and_need_not_be_a_name()
    {
        await using var host = await FilledAsync();
        (await ListAsync(host, new VaultListing { Prefix = "team/" })).ShouldBe(["team/a", "team/b"]);
        (await ListAsync(host, new VaultListing { Prefix = "team/", After = VaultName.Parse("team/a") })).ShouldBe(["team/b"]);
        (await ListAsync(host, new VaultListing { Prefix = "team/", After = VaultName.Parse("notes") })).ShouldBe(["team/a", "team/b"]);
        (await ListAsync(host, new VaultListing { Prefix = "team/", After = VaultName.Parse("zebra") })).ShouldBeEmpty();
        (await ListAsync(host, new VaultListing { Prefix = "\U0001F33E" })).ShouldBe(["\U0001F33E/grain"]);
        (await ListAsync(host, new VaultListing { Prefix = ".." })).ShouldBeEmpty();
    }

    public virtual async Task Each_tenant_has_a_list_of_its_own()
    {
        await using var host = await FilledAsync();
        var other = TenantId.Parse("other");
        (await host.Tenants.ListVaultsAsync(other, new VaultListing(), default)).Vaults.ShouldBeEmpty();
        await host.Tenants.Vault(other, VaultName.Parse("theirs")).CreateAsync(default);
        (await host.Tenants.ListVaultsAsync(other, new VaultListing(), default)).Vaults.Select(vault => vault.Value).ShouldBe(["theirs"]);
        (await ListAsync(host, new VaultListing())).ShouldNotContain("theirs");
    }

    public virtual async Task A_vault_that_could_not_be_made_is_not_listed()
    {
        await using var host = Start();
        await Should.ThrowAsync<TenantException>(() => host.Tenants.Vault(TenantId.Default, VaultName.Parse("never")).CreateAsync(new VaultCreation { Format = "paper" }, default));
        await Should.ThrowAsync<TenantException>(() => host.Tenants.Vault(TenantId.Default, VaultName.Parse("nobody")).GetHeadAsync(default));
        (await ListAsync(host, new VaultListing())).ShouldBeEmpty();
    }

    /// <summary>A host without vaults.</summary>
    private protected abstract ListedHost Start();

    private protected static async Task<List<string>> ListAsync(ListedHost host, VaultListing listing) =>
        [.. (await host.Tenants.ListVaultsAsync(TenantId.Default, listing, default)).Vaults.Select(vault => vault.Value)];

    private async Task<ListedHost> FilledAsync()
    {
        var host = Start();
        foreach (var name in Names)
            await host.Tenants.Vault(TenantId.Default, VaultName.Parse(name)).CreateAsync(default);
        return host;
    }

    /// <summary>Tenants, and what goes with them.</summary>
    private protected sealed class ListedHost(ITenants tenants, params object[] owned) : IAsyncDisposable
    {
        public ITenants Tenants => tenants;

        public async ValueTask DisposeAsync()
        {
            foreach (var one in owned)
            {
                if (one is IAsyncDisposable asynchronous)
                    await asynchronous.DisposeAsync();
                else
                    ((IDisposable)one).Dispose();
            }
        }
    }
}
