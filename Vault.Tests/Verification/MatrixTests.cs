using System.Text.Json;
using Granary.Testing;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Tests.Verification;

/// <summary>The reference's verdicts on the sample vaults (extra/verify-matrix.json), reproduced in compatible mode.</summary>
public sealed class MatrixTests
{
    private static JsonElement Matrix => Fixture.Json("extra/verify-matrix.json").GetProperty("vaults");

    [Theory]
    [InlineData("sample-vault-strict")]
    [InlineData("sample-vault")]
    [InlineData("sample-vault-rekeyed")]
    public Task Sample_vaults_get_the_references_verdicts(string vault) => CheckAsync(vault, Fixture.PathOf(vault));

    [SharedFact]
    public async Task Upstream_vaults_get_the_references_verdicts()
    {
        foreach (var vault in (string[])["upstream/fixtures/reference_backpack", "upstream/examples/Demo_Backpack", "upstream/examples/Genesis_Vault", "upstream/hunt/reference_backpack"])
            await CheckAsync(vault, SharedFiles.PathOf(vault));
    }

    [Fact]
    public async Task Only_the_strict_sample_vault_is_strictly_valid()
    {
        (await VerifyAsync(Fixture.PathOf("sample-vault-strict"), VerificationMode.Strict)).Valid.ShouldBeTrue();
        var stale = await VerifyAsync(Fixture.PathOf("sample-vault"), VerificationMode.Strict);
        stale.Findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(finding => finding.Rule).ShouldBe(["manifest.signature_stale"]);
        stale.Findings.Single(finding => finding.Rule == "events.id_style").Reason.ShouldStartWith("6 ids");
        var rekeyed = await VerifyAsync(Fixture.PathOf("sample-vault-rekeyed"), VerificationMode.Strict);
        rekeyed.CountsByRule["signatures.key_suspect"].ShouldBe(3);
        rekeyed.CountsByRule["signatures.key_revoked_later"].ShouldBe(3);
    }

    private static async Task CheckAsync(string name, string folder)
    {
        var expected = Matrix.EnumerateArray().Single(entry => entry.GetProperty("path").GetString() == name);
        var report = await VerifyAsync(folder, VerificationMode.Compatible);
        report.Head.Count.ShouldBe(expected.GetProperty("events").GetInt64(), name);
        Passes(report, "compliance suite").ShouldBe(IsPass(expected, "compliance"), $"{name}: {Failing(report, "compliance suite")}");
        report.Valid.ShouldBe(IsPass(expected, "compliance"), name);
        Passes(report, "conformance kit").ShouldBe(IsPass(expected, "kit"), $"{name}: {Failing(report, "conformance kit")}");
        if (expected.TryGetProperty("manifest_sig_valid", out var signed))
            report.CountsByRule.ContainsKey("manifest.signature_stale").ShouldBe(!signed.GetBoolean(), name);
    }

    private static bool IsPass(JsonElement expected, string checker) => expected.GetProperty(checker).GetString()!.StartsWith("pass", StringComparison.Ordinal);

    private static bool Passes(VaultReport report, string checker) => report.Checkers.Single(verdict => verdict.Name == checker).Passes;

    private static string Failing(VaultReport report, string checker) => string.Join(", ", report.Checkers.Single(verdict => verdict.Name == checker).FailingRules);

    /// <summary>Verifies a copy that has the empty folders git does not keep.</summary>
    private static async Task<VaultReport> VerifyAsync(string source, VerificationMode mode)
    {
        using var folder = new TestFolder();
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder.Path, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            await File.WriteAllBytesAsync(copy, await File.ReadAllBytesAsync(file));
        }
        Directory.CreateDirectory(Path.Combine(folder.Path, "state"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "artifacts", "cas"));
        return await VaultVerifier.RunFolderAsync(folder.Path, new VerificationOptions { Mode = mode }, null, default);
    }
}
