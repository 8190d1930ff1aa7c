using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Grains.Tests.Support;
using Granary.Tenants;
using Orleans.Core.Internal;

namespace Granary.Grains.Tests.Calls;

public sealed class TenantCallFilterTests
{
    [Fact]
    public async Task A_silo_refuses_a_call_made_for_another_tenant_or_after_its_deadline()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1);
        await cluster["notes"].CreateAsync(default);
        var grain = cluster.Silos.Client.GetGrain<IVaultGrain>("default/notes");
        CallContext.Set(TenantId.Parse("other"), TimeSpan.FromMinutes(1));
        (await Should.ThrowAsync<TenantFaultException>(() => grain.GetHeadAsync(default))).ToTenantException().Failure.ShouldBe(TenantFailure.InvalidInput);
        CallContext.Set(TenantId.Default, TimeSpan.FromMinutes(-1));
        (await Should.ThrowAsync<TenantFaultException>(() => grain.GetHeadAsync(default))).Message.ShouldContain("deadline");
        CallContext.Set(TenantId.Default, TimeSpan.FromMinutes(1));
        (await grain.GetHeadAsync(default)).Count.ShouldBe(0);
    }

    /// <summary>Whatever a gateway lets through: the silo knows what the caller was granted, and asks again.</summary>
    [Fact]
    public async Task A_silo_refuses_what_the_callers_rights_do_not_include()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1);
        await cluster["notes"].CreateAsync(default);
        var note = new AppendEvent("note", "{}"u8.ToArray());
        var reader = cluster.Tenants.Vault(TenantId.Default, VaultName.Parse("notes"), AccessRights.Read);
        await RefusedAsync(() => reader.AppendAsync(note, default));
        await RefusedAsync(() => reader.RunAsync(new VaultCall("rotate_key", default), null, default));
        await RefusedAsync(() => reader.CreateAsync(default));
        (await reader.GetHeadAsync(default)).Count.ShouldBe(0);
        var sensor = cluster.Tenants.Vault(TenantId.Default, VaultName.Parse("notes"), AccessRights.Append);
        (await sensor.AppendAsync(note, default)).Position.ShouldBe(0);
        await RefusedAsync(() => sensor.QueryTimelineAsync(new TimelineQuery(), default));
        await RefusedAsync(() => sensor.VerifyAsync(null, default));
        await RefusedAsync(() => sensor.RunAsync(new VaultCall("vault_status", default), null, default));
        var writer = cluster.Tenants.Vault(TenantId.Default, VaultName.Parse("notes"), AccessRights.Read | AccessRights.Append | AccessRights.Write);
        await RefusedAsync(() => writer.RunAsync(new VaultCall("rotate_key", default), null, default));
        (await writer.QueryTimelineAsync(new TimelineQuery(), default)).Events.Count.ShouldBe(1);
        // A gateway from before there were rights sends none.
        (await cluster["notes"].AppendAsync(note, default)).Position.ShouldBe(1);
    }

    private static async Task RefusedAsync(Func<Task> call) => (await Should.ThrowAsync<TenantException>(call)).Message.ShouldContain("has no right");

    [Fact]
    public async Task Orleans_own_calls_to_a_grain_are_not_refused_for_having_no_tenant()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1);
        await cluster["notes"].CreateAsync(default);
        RequestContext.Clear();
        await cluster.Silos.Client.GetGrain<IVaultGrain>("default/notes").AsReference<IGrainManagementExtension>().DeactivateOnIdle();
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_a_sentence_and_not_a_type_of_the_silos()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1);
        var grain = cluster.Silos.Client.GetGrain<IVaultGrain>("default/a{b}");
        CallContext.Set(TenantId.Default, TimeSpan.FromMinutes(1));
        (await Should.ThrowAsync<TenantFaultException>(() => grain.GetHeadAsync(default))).ToTenantException().Failure.ShouldBe(TenantFailure.NotFound);
    }

    [Fact]
    public void A_kind_of_failure_that_is_not_known_yet_is_one_that_cannot_be_reached()
    {
        new TenantFaultException("Molten", "It is too hot.", 250).ToTenantException().Failure.ShouldBe(TenantFailure.Unavailable);
        var back = TenantFaultException.From(new TenantException(TenantFailure.Busy, "Later.", TimeSpan.FromMilliseconds(250))).ToTenantException();
        (back.Failure, back.Message, back.RetryAfter).ShouldBe((TenantFailure.Busy, "Later.", TimeSpan.FromMilliseconds(250)));
    }
}
