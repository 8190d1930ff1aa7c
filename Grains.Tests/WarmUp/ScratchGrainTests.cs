using Granary.Grains.Calls;
using Granary.Grains.Client;
using Granary.Grains.Contracts;
using Granary.Grains.Tests.Support;
using Granary.Grains.WarmUp;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.WarmUp;

public sealed class ScratchGrainTests
{
    [Fact]
    public async Task A_scratch_vault_is_closed_although_another_silo_remembers_where_it_was()
    {
        await using var cluster = await TestCluster.StartAsync();
        var client = cluster.Silos.Client;
        var management = client.GetGrain<IManagementGrain>(0);
        for (var i = 0; i < 8; i++)
        {
            var vault = VaultName.Parse($"scratch-{i}");
            var grain = client.GetGrain<IVaultGrain>(GrainKeys.Vault(ScratchVault.Tenant, vault));
            await using (var scratch = ScratchGrain.Through(client, client.ServiceProvider.GetRequiredService<ClusterCalls>(), vault))
            {
                await ScratchVault.UseAsync(scratch.Vault, CancellationToken.None);
                // The silo that answers keeps the address.
                (await management.GetActivationAddress(grain)).ShouldNotBeNull();
            }
            // What was closed serves nobody: this is a new activation, of a vault that is still there.
            await using var again = ScratchGrain.Through(client, client.ServiceProvider.GetRequiredService<ClusterCalls>(), vault);
            (await again.Vault.GetHeadAsync(CancellationToken.None)).Count.ShouldBe(64);
        }
    }

    [Fact]
    public async Task Only_a_scratch_vault_can_be_closed()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1);
        await cluster["notes"].CreateAsync(CancellationToken.None);
        var grain = cluster.Silos.Client.GetGrain<IVaultGrain>(GrainKeys.Vault(TenantId.Default, VaultName.Parse("notes")));
        CallContext.Set(TenantId.Default, TimeSpan.FromSeconds(30));
        (await Should.ThrowAsync<Exception>(grain.CloseAsync())).Message.ShouldContain("Only a scratch vault is closed");
        await cluster["notes"].AppendAsync(TestCluster.Note(), CancellationToken.None);
    }
}
