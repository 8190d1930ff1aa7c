using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Verification;

/// <summary>What a signed head from outside the vault adds: even the holder of every key of the vault cannot cut or rewrite it unnoticed.</summary>
public sealed class SignedHeadChecksTests
{
    [Fact]
    public async Task A_vault_may_have_grown_since()
    {
        using var root = Fixture.Key("root");
        var vault = await LooseVault.CreateAsync();
        var head = await vault.SignHeadAsync(root);
        (await RulesAsync(vault, head)).ShouldBeEmpty();
        vault.Lines.Add(vault.Forge(root, "agent_a", "{\"text\":\"new\"}"));
        vault.Reseal(root);
        (await RulesAsync(vault, head)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_is_found_though_everything_else_was_signed_anew()
    {
        using var root = Fixture.Key("root");
        var vault = await LooseVault.CreateAsync();
        var head = await vault.SignHeadAsync(root);
        vault.Lines.RemoveAt(vault.Lines.Count - 1);
        vault.Reseal(root);
        (await RulesAsync(vault, head)).ShouldBe(["head.truncated"]);
    }

    [Fact]
    public async Task A_tail_that_was_rewritten_with_the_vaults_own_key_is_found()
    {
        using var root = Fixture.Key("root");
        var vault = await LooseVault.CreateAsync();
        var head = await vault.SignHeadAsync(root);
        vault.Lines.RemoveAt(vault.Lines.Count - 1);
        vault.Lines.Add(vault.Forge(root, "agent_b", "{\"text\":\"another\"}"));
        vault.Lines.Add(vault.Forge(root, "agent_b", "{\"text\":\"and more\"}"));
        vault.Reseal(root);
        (await RulesAsync(vault, head)).ShouldBe(["head.rewritten"]);
    }

    [Fact]
    public async Task A_vault_whose_keys_were_exchanged_is_found_by_the_head_and_by_a_trusted_key()
    {
        using var root = Fixture.Key("root");
        using var thief = Fixture.Key("successor_root");
        var head = await (await LooseVault.CreateAsync()).SignHeadAsync(root);
        var forged = LooseVault.From(MemoryBackpack.From(Granary.Vault.Backpack.BackpackBootstrap.Create(
            new Granary.Vault.Backpack.BackpackBirth { Root = thief, Uid = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" }, TestBackpack.Time)));
        (await forged.VerifyAsync()).Valid.ShouldBeTrue("by itself it is a perfect vault");
        (await RulesAsync(forged, head)).ShouldBe(["head.key", "head.truncated"]);
        (await RulesAsync(forged, null, root)).ShouldBe(["keys.trust"]);
    }

    [Fact]
    public async Task A_head_that_is_not_signed_or_not_the_vaults_proves_nothing()
    {
        using var root = Fixture.Key("root");
        using var quorum = Fixture.Key("quorum");
        var vault = await LooseVault.CreateAsync();
        var head = await vault.SignHeadAsync(root);
        (await RulesAsync(vault, head with { SignedAt = "2027-01-01T00:00:00+00:00" })).ShouldBe(["head.signature"]);
        (await RulesAsync(vault, SignedHead.Sign("notes", "psmc", new LogHead(head.Count, head.Head), head.Root, root, TestVault.Time))).ShouldBe(["head.format"]);
        (await RulesAsync(vault, head, root)).ShouldBeEmpty();
        (await RulesAsync(vault, await vault.SignHeadAsync(quorum), root)).ShouldBe(["head.key"]);
    }

    [Fact]
    public async Task An_empty_log_has_a_head_too()
    {
        using var root = Fixture.Key("root");
        var vault = await LooseVault.CreateAsync();
        var head = SignedHead.Sign("notes", "backpack", LogHead.Empty, new EventTree().Root(), root, TestVault.Time);
        (await RulesAsync(vault, head)).ShouldBeEmpty();
    }

    private static async Task<IEnumerable<string>> RulesAsync(LooseVault vault, SignedHead? head, params Granary.Vault.Keys.SigningKey[] trusted)
    {
        var report = await vault.VerifyAsync(new VerificationOptions { Head = head, TrustedKeys = [.. trusted.Select(key => key.PublicKey)] });
        return report.Findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(finding => finding.Rule).Order(StringComparer.Ordinal).ToList();
    }
}
