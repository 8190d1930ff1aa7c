using System.Text;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Psmc;

public sealed class PsmcRotationTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SigningKey _next = Fixture.Key("psmc_rotated");

    [Fact]
    public async Task The_vault_goes_on_with_the_new_key_and_verifies()
    {
        await TestVault.FillAsync(_folder, 3);
        await RotateAsync();
        await using (var vault = await TestVault.OpenAsync(_folder))
        {
            vault.PublicKey.KeyId.ShouldBe(_next.PublicKey.KeyId);
            await TestVault.AppendAsync(vault, 2);
        }
        var report = await TestVault.VerifyAsync(_folder);
        report.Findings.ShouldBeEmpty();
        report.EventCount.ShouldBe(6);
        File.ReadAllText(Path.Combine(_folder.Vault, "psmc.json")).ShouldContain("\"last_rotation\": \"2026-01-05T10:00:00+00:00\"");
        Directory.GetFiles(Path.Combine(_folder.Vault, "keys", "retired")).ShouldHaveSingleItem().ShouldEndWith("20260105T100000000000Z_public.pub.pem");
    }

    [Fact]
    public async Task A_change_of_key_with_a_forged_endorsement_is_found()
    {
        await TestVault.FillAsync(_folder, 3);
        await RotateAsync(change => Forge(change, "endorsement\":\"", '0', '1'));
        var report = await TestVault.VerifyAsync(_folder);
        report.Findings.Select(finding => finding.Rule).ShouldContain("key.endorsement");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_crash_behind_the_event_is_made_up_for_at_the_next_opening(int documentsWritten)
    {
        await TestVault.FillAsync(_folder, 3);
        await RotateAsync(change => change with { After = [.. change.After.Take(documentsWritten)] });
        await using (var vault = await TestVault.OpenAsync(_folder))
            vault.PublicKey.KeyId.ShouldBe(_next.PublicKey.KeyId);
        (await TestVault.VerifyAsync(_folder)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_crash_before_the_event_leaves_the_old_key()
    {
        await TestVault.FillAsync(_folder, 3);
        string old;
        await using (var vault = await TestVault.OpenAsync(_folder))
        {
            old = vault.PublicKey.KeyId;
            var change = await PsmcRotation.PlanAsync(vault, _next, Guid.NewGuid(), TestVault.Time.AddHours(1), default);
            foreach (var document in change.Before)
                await vault.Log.WriteDocumentAsync(document, derived: false, default);
        }
        await using (var vault = await TestVault.OpenAsync(_folder))
            vault.PublicKey.KeyId.ShouldBe(old);
        (await TestVault.VerifyAsync(_folder)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_active_key_cannot_take_its_own_place()
    {
        await TestVault.FillAsync(_folder, 1);
        await using var vault = await TestVault.OpenAsync(_folder);
        using var same = Fixture.Key("psmc_active");
        await Should.ThrowAsync<PsmcInputException>(() => PsmcRotation.PlanAsync(vault, same, Guid.NewGuid(), TestVault.Time, default));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _next.Dispose();
    }

    private async Task RotateAsync(Func<PsmcRotationPlan, PsmcRotationPlan>? alter = null)
    {
        await using var vault = await TestVault.OpenAsync(_folder);
        var change = await PsmcRotation.PlanAsync(vault, _next, Guid.NewGuid(), TestVault.Time.AddHours(1), default);
        await PsmcRotation.ApplyAsync(vault, alter?.Invoke(change) ?? change, default);
    }

    /// <summary>The event with another endorsement, hashed and signed by the new key as an intruder would.</summary>
    private PsmcRotationPlan Forge(PsmcRotationPlan change, string mark, char from, char to)
    {
        var text = Encoding.UTF8.GetString(change.Event.Entry.Event.Span);
        var start = text.IndexOf("{\"action\"", StringComparison.Ordinal);
        var data = text[start..(text.IndexOf('}', start) + 1)];
        var at = data.IndexOf(mark, StringComparison.Ordinal) + mark.Length;
        var forged = data[..at] + (data[at] == from ? to : from) + data[(at + 1)..];
        var head = new LogHead(3, text[(text.IndexOf("\"prev_hash\":\"", StringComparison.Ordinal) + 13)..][..64]);
        var builder = new PsmcEntryBuilder(_next);
        var built = builder.Build(PreparedEvent.Create("migration", Encoding.UTF8.GetBytes(forged)), head, Guid.NewGuid(), TestVault.Time.AddHours(1), null);
        return change with { Event = built };
    }
}
