using System.Text.Json;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Tests.Verification;

public sealed class ReportTests
{
    [Fact]
    public async Task A_text_report_fits_one_screen_and_says_what_was_checked()
    {
        var vault = await LooseVault.CreateAsync(notes: 60);
        for (var i = 0; i < vault.Lines.Count; i++)
            vault.Edit(i, line => line.Replace("\"sig\":\"", "\"sig\":\"-"));
        var report = await vault.VerifyAsync();
        var text = ReportText.Write(report, TimeSpan.FromMilliseconds(1234));
        text.ShouldStartWith($"INVALID: backpack vault, strict verification of 62 events in 1.2 s\n  head        {report.Head.Hash}\n");
        text.Split('\n').Length.ShouldBeLessThan(40);
        foreach (var check in (string[])["layout", "keys", "events", "chains", "signatures", "redactions", "seal", "manifest", "policies", "head", "store"])
            text.ShouldContain($"\n  {check} ");
        text.ShouldContain("  error [PROVARA_E103] event 0 ");
        text.ShouldContain("signatures.spelling: ");
        text.ShouldContain("… and ");
    }

    [Fact]
    public async Task A_valid_vault_says_so_first()
    {
        var text = ReportText.Write(await (await LooseVault.CreateAsync()).VerifyAsync());
        text.ShouldStartWith("VALID: backpack vault, strict verification of 8 events\n");
        text.ShouldContain("  signatures  ok          8 of 8 signed");
    }

    [Fact]
    public async Task A_valid_vault_of_either_format_takes_no_more_than_a_terminal_of_80_columns_and_24_rows()
    {
        const int Columns = 80;
        var compatible = new VerificationOptions { Mode = VerificationMode.Compatible };
        foreach (var report in (VaultReport[])
            [await (await LooseVault.CreateAsync()).VerifyAsync(), await VaultVerifier.RunFolderAsync(Fixture.PathOf("sample-psmc-vault"), compatible, null, default)])
        {
            var lines = ReportText.Write(report, TimeSpan.FromSeconds(12)).TrimEnd().Split('\n');
            // Findings are sentences, and may take a second row.
            lines.Where(line => !Enum.GetNames<FindingSeverity>().Any(name => line.StartsWith($"  {name.ToLowerInvariant()} ", StringComparison.Ordinal)))
                .ShouldAllBe(line => line.Length < Columns);
            // Two more are the command's verdict and the line before it, one is the shell's.
            lines.Sum(line => (line.Length + Columns - 1) / Columns).ShouldBeLessThanOrEqualTo(21);
        }
    }

    [Fact]
    public async Task A_json_report_holds_all_of_it()
    {
        var vault = await LooseVault.CreateAsync();
        vault.Edit(3, line => line.Replace("note 1", "note 9"));
        var report = await vault.VerifyAsync(new VerificationOptions { Mode = VerificationMode.Compatible });
        var json = JsonDocument.Parse(ReportJson.Write(report, TimeSpan.FromMilliseconds(5))).RootElement;
        json.GetProperty("valid").GetBoolean().ShouldBeFalse();
        json.GetProperty("mode").GetString().ShouldBe("compatible");
        json.GetProperty("format").GetString().ShouldBe("backpack");
        json.GetProperty("event_count").GetInt64().ShouldBe(8);
        json.GetProperty("head").GetString().ShouldBe(report.Head.Hash);
        json.GetProperty("root").GetString().ShouldBe(report.Root);
        json.GetProperty("duration_ms").GetInt64().ShouldBe(5);
        json.GetProperty("checks").GetArrayLength().ShouldBe(report.Checks.Count);
        json.GetProperty("checkers").EnumerateArray().Select(checker => checker.GetProperty("passes").GetBoolean()).ShouldBe([false, false, false, false]);
        var finding = json.GetProperty("findings").EnumerateArray().First(found => found.GetProperty("rule").GetString() == "signatures.invalid");
        finding.GetProperty("position").GetInt64().ShouldBe(3);
        finding.GetProperty("event_id").GetString().ShouldBe(vault.IdOf(3));
        finding.GetProperty("code").GetString().ShouldBe("PROVARA_E003");
        finding.GetProperty("severity").GetString().ShouldBe("error");
        finding.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        json.GetProperty("counts_by_rule").GetProperty("signatures.invalid").GetInt64().ShouldBe(1);
        json.GetProperty("finding_count").GetInt64().ShouldBe(report.FindingCount);
    }

    [Fact]
    public async Task Findings_are_counted_beyond_those_that_are_listed_and_errors_come_first()
    {
        var vault = await LooseVault.CreateAsync(notes: 30);
        for (var i = 2; i < vault.Lines.Count; i++)
            vault.Edit(i, line => line.Replace("\"sig\":\"", "\"sig\":\"-"));
        var report = await vault.VerifyAsync(new VerificationOptions { MaxFindings = 5 });
        report.Findings.Count.ShouldBe(5);
        report.Findings.ShouldAllBe(finding => finding.Severity == FindingSeverity.Error);
        report.CountsByRule["signatures.spelling"].ShouldBe(30);
        report.FindingCount.ShouldBeGreaterThan(30);
    }
}
