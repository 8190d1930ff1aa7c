using System.Text.Json.Nodes;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Tests.Verification;

/// <summary>
/// The reference's compliance suite, test for test (specification 9): a vault that breaks one of the eighteen is refused by it, and both modes name what it
/// breaks. Test 16 compares a reducer with itself, and so no vault can break it.
/// </summary>
public sealed class ComplianceTests
{
    private static readonly Dictionary<string, (string Rule, Action<LooseVault> Break)> Suite = new()
    {
        ["01 directories"] = ("layout.folder", vault => Remove(vault, name => name.StartsWith("policies/", StringComparison.Ordinal))),
        ["02 files"] = ("layout.file", vault => vault.Files.Remove("policies/retention_policy.json")),
        ["03 genesis has uid, birth_timestamp and root_key_id"] = ("layout.genesis", vault => vault.EditFile(BackpackBootstrap.GenesisName, text => text.Replace("\"birth_timestamp\"", "\"born\""))),
        ["04 keys are listed"] = ("keys.none", vault => vault.Files[KeyRegistry.FileName] = "{\"keys\":[]}"u8.ToArray()),
        ["05 events have id, type and actor"] = ("events.fields", vault => vault.Edit(3, line => line.Replace("\"actor\":", "\"actress\":"))),
        ["05 there are events"] = ("events.none", vault => vault.Lines.Clear()),
        ["06 ids are unique"] = ("events.duplicate", vault => vault.Lines.Insert(4, vault.Lines[3])),
        ["07 each link leads to an event"] = ("chains.orphan", vault => vault.Lines.RemoveAt(3)),
        ["08 the manifest's paths are safe"] = ("manifest.path", vault => vault.EditFile(Manifest.FileName, text => text.Replace("policies/safety_policy.json", "../safety_policy.json"))),
        ["09 files are as the manifest has them"] = ("manifest.hash", vault => vault.EditFile("policies/safety_policy.json", text => text.Replace("low-kinetic", "LOW-kinetic"))),
        ["10 the Merkle root is the manifest's"] = ("manifest.root", vault => vault.Files[Manifest.RootName] = [.. Enumerable.Repeat((byte)'0', 64), (byte)'\n']),
        ["11 no file is outside the manifest"] = ("manifest.phantom", vault => vault.Files["state/extra.json"] = "{}"u8.ToArray()),
        ["12 the specification's version"] = ("manifest.spec_version", vault => vault.EditFile(Manifest.FileName, text => text.Replace("\"backpack_spec_version\":\"1.0\"", "\"backpack_spec_version\":\"2.0\""))),
        ["13 the tiers L0 to L3"] = ("policies.safety", vault => vault.EditFile("policies/safety_policy.json", text => text.Replace("\"L3\"", "\"L4\""))),
        ["14 the ratchet"] = ("policies.ratchet", vault => vault.EditFile("policies/safety_policy.json", text => text.Replace("merge_ratchet", "merge_rat"))),
        ["15 the sync contract"] = ("policies.sync_contract", vault => vault.Files["policies/sync_contract.json"] = "{}"u8.ToArray()),
        ["17 events are kept for ever"] = ("policies.retention", vault => vault.EditFile("policies/retention_policy.json", text => text.Replace("\"events\": \"permanent\"", "\"events\": \"week\""))),
        ["18 signatures hold"] = ("signatures.invalid", vault => vault.Edit(3, line => line.Replace("note 1", "note 9"))),
    };

    public static TheoryData<string> Tests => [.. Suite.Keys];

    [Theory]
    [MemberData(nameof(Tests))]
    public async Task A_vault_that_breaks_a_test_is_refused_by_the_suite_and_in_both_modes(string test)
    {
        var (rule, damage) = Suite[test];
        var vault = await LooseVault.CreateAsync();
        damage(vault);
        // What is not about the manifest is to be found although the manifest fits.
        if (!rule.StartsWith("manifest.", StringComparison.Ordinal))
            vault.Reseal();
        foreach (var mode in Enum.GetValues<VerificationMode>())
        {
            var report = await vault.VerifyAsync(new VerificationOptions { Mode = mode });
            report.Valid.ShouldBeFalse($"{mode}");
            report.Checkers.Single(checker => checker.Name == "compliance suite").FailingRules.ShouldContain(rule, $"{mode}");
        }
    }

    [Fact]
    public async Task Test_16_the_reducer_says_the_same_twice()
    {
        var vault = await LooseVault.CreateAsync();
        var (once, again) = (Reduce(vault.Lines), Reduce(vault.Lines));
        once.State.ShouldBe(again.State);
        once.Hash.ShouldBe(again.Hash);
        JsonNode.Parse(once.State)!["metadata"]!["event_count"]!.GetValue<int>().ShouldBe(vault.Lines.Count);
    }

    [Fact]
    public async Task Every_test_of_the_suite_is_here_and_a_vault_of_ours_passes_them_all()
    {
        Suite.Keys.Select(name => int.Parse(name[..2], System.Globalization.CultureInfo.InvariantCulture)).Append(16).Distinct().Order().ShouldBe(Enumerable.Range(1, 18));
        var report = await (await LooseVault.CreateAsync()).VerifyAsync(new VerificationOptions { Mode = VerificationMode.Compatible });
        report.Checkers.Single(checker => checker.Name == "compliance suite").Passes.ShouldBeTrue();
    }

    private static void Remove(LooseVault vault, Func<string, bool> chosen)
    {
        foreach (var name in vault.Files.Keys.Where(chosen).ToList())
            vault.Files.Remove(name);
    }

    private static (string State, string Hash) Reduce(IEnumerable<string> lines)
    {
        using var reducer = new ReducerV0();
        using var output = new PooledBuffer();
        foreach (var line in lines)
            reducer.Apply(System.Text.Encoding.UTF8.GetBytes(line));
        reducer.WriteState(output);
        return (System.Text.Encoding.UTF8.GetString(output.Written), reducer.StateHash());
    }
}
