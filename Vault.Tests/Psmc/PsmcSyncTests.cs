using System.Text;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Export;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Psmc;

public sealed class PsmcSyncTests : IDisposable
{
    private readonly TestFolder _here = new();
    private readonly TestFolder _there = new();

    [Fact]
    public async Task The_other_vault_s_events_come_in_and_the_chain_holds()
    {
        await TestVault.FillAsync(_here, 3);
        await TestVault.FillAsync(_there, 4);
        (await SyncAsync()).Imported.ShouldBe(4);
        var report = await TestVault.VerifyAsync(_here);
        report.Findings.ShouldBeEmpty();
        report.EventCount.ShouldBe(7);
        var again = await SyncAsync();
        again.Success.ShouldBeTrue();
        again.Imported.ShouldBe(0);
        again.Present.ShouldBe(4);
    }

    [Fact]
    public async Task What_was_taken_over_can_still_be_proven_by_the_other_vault_s_key()
    {
        await TestVault.FillAsync(_here, 1);
        await TestVault.FillAsync(_there, 2);
        await SyncAsync();
        using var key = Fixture.Key("psmc_active");
        using var stranger = SigningKey.Generate();
        var lines = File.ReadAllLines(Path.Combine(_here.Vault, "events", "events.ndjson"));
        foreach (var line in lines[1..])
        {
            PsmcOrigin.IsProven(Encoding.UTF8.GetBytes(line), key.PublicKey).ShouldBeTrue(line);
            PsmcOrigin.IsProven(Encoding.UTF8.GetBytes(line), stranger.PublicKey).ShouldBeFalse();
            PsmcOrigin.IsProven(Encoding.UTF8.GetBytes(line.Replace("\"n\":", "\"m\":", StringComparison.Ordinal)), key.PublicKey).ShouldBeFalse();
        }
        PsmcOrigin.IsProven(Encoding.UTF8.GetBytes(lines[0]), key.PublicKey).ShouldBeFalse();
    }

    [Fact]
    public async Task A_stranger_s_vault_needs_somebody_who_vouches_for_its_keys()
    {
        await TestVault.FillAsync(_here, 1);
        using var stranger = SigningKey.Generate();
        await CreateAsync(_there, stranger);
        (await SyncAsync()).Errors.ShouldHaveSingleItem().ShouldContain("nobody vouches for it");
        (await SyncAsync(stranger.PublicKey.KeyId)).Imported.ShouldBe(1);
        (await TestVault.VerifyAsync(_here)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_vault_that_does_not_verify_brings_nothing()
    {
        await TestVault.FillAsync(_here, 1);
        await TestVault.FillAsync(_there, 2);
        var file = Path.Combine(_there.Vault, "events", "events.ndjson");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"n\":1", "\"n\":9", StringComparison.Ordinal));
        var plan = await SyncAsync();
        plan.Errors.ShouldNotBeEmpty();
        plan.Errors[0].ShouldStartWith("The other vault does not verify:");
        plan.Change.Entries.ShouldBeEmpty();
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    private static async Task CreateAsync(TestFolder folder, SigningKey key)
    {
        await PsmcVault.CreateAsync(TestVault.Store(folder), key, TestVault.Time, default);
        await using var vault = await TestVault.OpenAsync(folder);
        await TestVault.AppendAsync(vault, 1);
    }

    private async Task<PsmcSyncPlan> SyncAsync(params string[] trusted)
    {
        await using var vault = await TestVault.OpenAsync(_here);
        using var other = FolderReader.Open(_there.Vault);
        var plan = await PsmcSync.PlanAsync(vault, other, trusted, default);
        if (plan.Change.Entries.Count > 0)
            (await vault.Log.AppendAsync(vault.Log.Head, plan.Change.Entries, default)).ShouldBeOfType<AppendOutcome.Appended>();
        return plan;
    }
}
