using Granary.Tenants.Tests.Support;

namespace Granary.Tenants.Tests.Hosting;

public sealed class FileVaultListingTests : VaultListingContract
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
    public async Task What_else_lies_in_the_folder_is_no_vault()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        var home = Path.Combine(tenants.Folder, "default", "vaults");
        Directory.CreateDirectory(Path.Combine(home, ".hidden"));
        Directory.CreateDirectory(Path.Combine(home, "a b"));
        await File.WriteAllTextAsync(Path.Combine(home, "file"), "");
        (await tenants.Host.ListVaultsAsync(TenantId.Default, new VaultListing(), default)).Vaults.ShouldBe([VaultName.Parse("notes")]);
    }

    private protected override ListedHost Start()
    {
        var tenants = new TestTenants();
        return new ListedHost(tenants.Host, tenants);
    }
}
