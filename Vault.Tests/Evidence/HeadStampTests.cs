using System.Text;
using Granary.Testing;
using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Keys;
using Granary.Vault.Verification;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;
using Microsoft.Extensions.Time.Testing;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Evidence;

public sealed class HeadStampTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A_log_that_begins_with_what_was_stamped_is_valid()
    {
        var (memory, root, count) = await LogAsync("one", "two");
        var stamp = await StampAsync(root, count);
        stamp.Time.ShouldBe(TestAuthority.Time);
        var report = await VerifyAsync(memory, stamp);
        report.Findings.ShouldNotContain(finding => finding.Rule.StartsWith("head.stamp", StringComparison.Ordinal));
        report.Checks.Single(check => check.Name == "head").Summary.ShouldContain("1 stamp(s) from outside since 2026-01-05");
        var options = new VerificationOptions { Stamps = [stamp], TrustedAuthorities = [_authority.Certificate] };
        (await VaultVerifier.RunAsync(memory, options, null, default)).Checks.Single(check => check.Name == "head").Errors.ShouldBe(0);
    }

    [Fact]
    public async Task Another_log_and_a_shorter_one_are_found()
    {
        var (_, root, count) = await LogAsync("one", "two");
        var stamp = await StampAsync(root, count);
        var (other, _, _) = await LogAsync("one", "another");
        (await RulesAsync(other, stamp)).ShouldBe(["head.stamp-rewritten"]);
        var (shorter, _, _) = await LogAsync("one");
        (await RulesAsync(shorter, stamp)).ShouldBe(["head.stamp-truncated"]);
    }

    [Fact]
    public async Task Evidence_that_does_not_hold_is_found()
    {
        var (memory, root, count) = await LogAsync("one", "two");
        var stamp = await StampAsync(root, count);
        var changed = stamp.Evidence.ToArray();
        changed[^1] ^= 1;
        (await RulesAsync(memory, stamp with { Evidence = changed })).ShouldBe(["head.stamp"]);
        (await RulesAsync(memory, stamp with { Evidence = (await StampAsync(new string('a', 64), count)).Evidence })).ShouldBe(["head.stamp"]);
        (await RulesAsync(memory, stamp with { Kind = "word of honour" })).ShouldBe(["head.stamp"]);
        using var stranger = new TestAuthority();
        var options = new VerificationOptions { Stamps = [stamp], TrustedAuthorities = [stranger.Certificate] };
        (await VaultVerifier.RunAsync(memory, options, null, default)).Findings.ShouldContain(finding => finding.Rule == "head.stamp");
    }

    [Fact]
    public async Task A_log_is_held_against_an_entry_of_Rekor_and_the_entry_against_the_keys_that_are_given()
    {
        await using var rekor = await TestRekor.StartAsync(new FakeTimeProvider(TestAuthority.Time));
        using var client = new HttpClient();
        var keys = P256PublicKey.ReadPem(rekor.PublicKey);
        var (memory, root, count) = await LogAsync("one", "two");
        var stamper = new RekorStamper(client, rekor.Address, keys, Clock);
        var stamp = new HeadStamp(stamper.Kind, stamper.Authority, count, root, TestAuthority.Time, await stamper.StampAsync(Convert.FromHexString(root), default));
        var options = new VerificationOptions { Stamps = [stamp, await StampAsync(root, count)], TrustedAuthorities = [_authority.Certificate] };
        (await SaysAsync(options)).ShouldBe((0, ", 2 stamp(s) from outside since 2026-01-05 09:00:00Z, 1 of them in a Rekor log since 2026-01-05 09:00:00Z (no log's key was given to trust)"));
        (await SaysAsync(options with { TrustedLogs = keys })).ShouldBe((0, ", 2 stamp(s) from outside since 2026-01-05 09:00:00Z, 1 of them in a Rekor log since 2026-01-05 09:00:00Z"));
        (await SaysAsync(options with { TrustedLogs = PublishedRekorEntry.Keys })).Errors.ShouldBe(1);
        var (other, _, _) = await LogAsync("one", "another");
        (await RulesAsync(other, stamp)).ShouldBe(["head.stamp-rewritten"]);
        (await RulesAsync(memory, stamp with { Evidence = "{}"u8.ToArray() })).ShouldBe(["head.stamp"]);

        async Task<(long Errors, string Summary)> SaysAsync(VerificationOptions asked)
        {
            var head = (await VaultVerifier.RunAsync(memory, asked, null, default)).Checks.Single(check => check.Name == "head");
            return (head.Errors, head.Summary[head.Summary.IndexOf(", 2 stamp", StringComparison.Ordinal)..]);
        }
    }

    [Fact]
    public async Task A_file_of_stamps_reads_as_it_was_written()
    {
        var stamp = await StampAsync(new string('a', 64), 3);
        var read = HeadStamps.Read(HeadStamps.Write([stamp, stamp with { Count = 4 }]));
        read.Count.ShouldBe(2);
        (read[0] with { Evidence = default }).ShouldBe(stamp with { Evidence = default });
        read[0].Evidence.ToArray().ShouldBe(stamp.Evidence.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"stamps":1}""")]
    [InlineData("""{"stamps":[{}]}""")]
    [InlineData("""{"stamps":[],"stamps":[]}""")]
    [InlineData("""{"stamps":[{"kind":"rfc3161","authority":"a","count":0,"root":"ROOT","asked_at":"2026-01-05T09:00:00.0000000Z","evidence":"AA=="}]}""")]
    [InlineData("""{"stamps":[{"kind":"rfc3161","authority":"a","count":1,"root":"f00","asked_at":"2026-01-05T09:00:00.0000000Z","evidence":"AA=="}]}""")]
    [InlineData("""{"stamps":[{"kind":"rfc3161","authority":"a","count":1,"root":"ROOT","asked_at":"yesterday","evidence":"AA=="}]}""")]
    [InlineData("""{"stamps":[{"kind":"rfc3161","authority":"a","count":1,"root":"ROOT","asked_at":"2026-01-05T09:00:00.0000000Z","evidence":"?"}]}""")]
    public void What_is_no_file_of_stamps_is_refused(string text) =>
        Should.Throw<FormatException>(() => HeadStamps.Read(Encoding.UTF8.GetBytes(text.Replace("ROOT", new string('a', 64), StringComparison.Ordinal))))
            .Message.ShouldStartWith("This is no file of stamps");

    [Fact]
    public async Task An_authority_whose_clock_is_off_or_who_is_a_stranger_is_refused()
    {
        var root = new byte[32];
        var late = ScriptedTime.From(TestAuthority.Time.AddMinutes(16));
        (await Should.ThrowAsync<EvidenceException>(() => new TimestampStamper(_authority, null, late).StampAsync(root, default))).Message.ShouldContain("clock");
        using var stranger = new TestAuthority();
        (await Should.ThrowAsync<EvidenceException>(() => new TimestampStamper(_authority, [stranger.Certificate], Clock).StampAsync(root, default)))
            .Message.ShouldContain("not of a trusted authority");
    }

    private static TimeProvider Clock => ScriptedTime.From(TestAuthority.Time);

    private async Task<HeadStamp> StampAsync(string root, long count)
    {
        var stamper = new TimestampStamper(_authority, [_authority.Certificate], Clock);
        return new HeadStamp(stamper.Kind, stamper.Authority, count, root, TestAuthority.Time, await stamper.StampAsync(Convert.FromHexString(root), default));
    }

    private static async Task<(MemoryBackpack Log, string Root, long Count)> LogAsync(params string[] notes)
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        foreach (var note in notes)
            await TestBackpack.NoteAsync(vault, note);
        var report = await VaultVerifier.RunAsync(memory, new VerificationOptions(), null, default);
        return (memory, report.Root!, report.Head.Count);
    }

    private static Task<VaultReport> VerifyAsync(MemoryBackpack memory, HeadStamp stamp) =>
        VaultVerifier.RunAsync(memory, new VerificationOptions { Stamps = [stamp] }, null, default);

    private static async Task<IReadOnlyList<string>> RulesAsync(MemoryBackpack memory, HeadStamp stamp)
    {
        var report = await VerifyAsync(memory, stamp);
        report.Checks.Single(check => check.Name == "head").Errors.ShouldBe(1);
        return [.. report.Findings.Where(finding => finding.Rule.StartsWith("head.stamp", StringComparison.Ordinal)).Select(finding => finding.Rule)];
    }
}
