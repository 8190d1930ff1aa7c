using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Export;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Psmc;

/// <summary>Digest and export against the reference's own.</summary>
public sealed class PsmcDocumentsTests
{
    [Fact]
    public async Task The_digest_is_the_reference_s()
    {
        using var reader = FolderReader.Open(Fixture.PathOf("sample-psmc-vault"));
        var digest = await PsmcDigest.WriteAsync(reader, 1, TestVault.Time.AddMilliseconds(10260), default);
        digest.Name.ShouldBe("digests/2026-W01.md");
        Encoding.UTF8.GetString(digest.Content.Span).ShouldBe(File.ReadAllText(Fixture.PathOf("sample-psmc-vault/digests/2026-W01.md")));
    }

    [Theory]
    [InlineData("2026-01-04T12:00:00+00:00", "2026-W00")]
    [InlineData("2026-01-05T00:00:00+00:00", "2026-W01")]
    [InlineData("2024-12-31T00:00:00+00:00", "2024-W53")]
    [InlineData("2023-01-01T00:00:00+00:00", "2023-W00")]
    public async Task Its_label_counts_weeks_from_the_first_monday(string now, string label)
    {
        EventTimestamp.TryParse(now, out var time).ShouldBeTrue();
        var digest = await PsmcDigest.WriteAsync(new LinesReader([]), 1, time, default);
        digest.Name.ShouldBe($"digests/{label}.md");
        Encoding.UTF8.GetString(digest.Content.Span).ShouldContain("Events: 0");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1000)]
    public async Task A_digest_of_no_weeks_or_too_many_is_refused(int weeks) =>
        (await Should.ThrowAsync<PsmcInputException>(() => PsmcDigest.WriteAsync(new LinesReader([]), weeks, TestVault.Time, default))).Message.ShouldStartWith("weeks must be");

    [Fact]
    public async Task The_export_is_the_reference_s()
    {
        using var reader = FolderReader.Open(Fixture.PathOf("sample-psmc-vault"));
        var metadata = PsmcMetadata.Read(Fixture.Read("sample-psmc-vault/psmc.json"));
        var export = await PsmcExport.WriteAsync(reader, metadata, TestVault.Time.AddMilliseconds(11261), int.MaxValue, default);
        Encoding.UTF8.GetString(export).ShouldBe(File.ReadAllText(Fixture.PathOf("sample-psmc-vault/export.md")));
        await Should.ThrowAsync<PsmcInputException>(() => PsmcExport.WriteAsync(reader, metadata, TestVault.Time, 100, default));
    }
}
