using System.Text;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Verification;

/// <summary>A vault that is open and being written: its manifest is as old as its last seal point.</summary>
public sealed class OpenVaultTests
{
    private static readonly VerificationOptions Open = new() { ManifestMayLag = true };

    [Fact]
    public async Task Events_behind_the_seal_point_are_no_error()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        await TestBackpack.NoteAsync(vault, "sealed");
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        await TestBackpack.NoteAsync(vault, "not yet");
        var report = await VaultVerifier.RunAsync(memory, Open, null, default);
        report.Errors.ShouldBe(0, string.Join('\n', report.Findings));
        report.Findings.Single(finding => finding.Rule == "manifest.lag").Reason.ShouldContain("covers the first 3 events");
        (await VaultVerifier.RunAsync(memory, new VerificationOptions(), null, default)).Findings.ShouldContain(finding => finding.Rule == "manifest.stale");
    }

    [Fact]
    public async Task A_change_before_the_seal_point_is_an_error()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        await TestBackpack.NoteAsync(vault, "sealed");
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        await TestBackpack.NoteAsync(vault, "not yet");
        var changed = new MemoryVault();
        changed.Events.AddRange(memory.Lines.Select(line => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line.Span).Replace("sealed", "SEALED", StringComparison.Ordinal))));
        foreach (var (name, content) in memory.Documents)
            changed.Documents[name] = content;
        var report = await VaultVerifier.RunAsync(changed, Open, null, default);
        report.Findings.Select(finding => finding.Rule).ShouldContain("manifest.size");
    }

    [Fact]
    public async Task A_log_that_ends_before_what_is_committed_is_found()
    {
        var memory = TestBackpack.Create();
        var report = await VaultVerifier.RunAsync(memory, Open with { Count = 5 }, null, default);
        var finding = report.Findings.First(found => found.Rule == "events.truncated");
        finding.Position.ShouldBe(2);
        finding.Reason.ShouldContain("5 events are committed");
    }

    [Fact]
    public async Task Progress_is_told_in_steps_up_to_the_end()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        for (var i = 0; i < 10; i++)
            await TestBackpack.NoteAsync(vault, "n");
        var steps = new List<long>();
        await VaultVerifier.RunAsync(memory, Open, new Steps(steps), default);
        steps.ShouldBe(steps.Order());
        steps[^1].ShouldBe(12);
    }

    [Fact]
    public async Task What_is_no_vault_is_refused()
    {
        (await Should.ThrowAsync<VaultStorageException>(() => VaultVerifier.RunAsync(new MemoryVault(), Open, null, default))).Failure.ShouldBe(VaultStorageFailure.NotFound);
        using var folder = new TestFolder();
        (await Should.ThrowAsync<VaultStorageException>(() => VaultVerifier.RunFolderAsync(folder.Path, Open, null, default))).Failure.ShouldBe(VaultStorageFailure.NotFound);
        (await Should.ThrowAsync<VaultStorageException>(() => VaultVerifier.RunFolderAsync(Path.Combine(folder.Path, "none"), Open, null, default))).Failure.ShouldBe(VaultStorageFailure.NotFound);
    }

    private sealed class Steps(List<long> steps) : IProgress<long>
    {
        public void Report(long value) => steps.Add(value);
    }
}
