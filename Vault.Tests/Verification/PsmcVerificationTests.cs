using System.Text;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Tests.Verification;

public sealed class PsmcVerificationTests
{
    private static readonly VerificationOptions Compatible = new() { Mode = VerificationMode.Compatible };

    [Fact]
    public async Task The_references_vault_passes_its_own_check_and_lacks_an_endorsement()
    {
        var compatible = await VaultVerifier.RunFolderAsync(Fixture.PathOf("sample-psmc-vault"), Compatible, null, default);
        compatible.Valid.ShouldBeTrue();
        compatible.Head.ShouldBe(new LogHead(6, "349186340c741d649a81eaf5cc465740cae983d5255e8c4b4ebb5a1b1dbf13bf"));
        var strict = await VaultVerifier.RunFolderAsync(Fixture.PathOf("sample-psmc-vault"), new VerificationOptions(), null, default);
        var finding = strict.Findings.Single(found => found.Severity == FindingSeverity.Error);
        finding.Rule.ShouldBe("key.endorsement");
        finding.Position.ShouldBe(4);
        finding.EventId.ShouldBe("9911036c-f3e8-4208-aeca-a0075a69fc17");
        finding.Code.ShouldBe("PROVARA_E202");
    }

    [Fact]
    public async Task A_history_forged_with_an_unknown_key_passes_the_references_check_and_not_ours()
    {
        using var thief = Fixture.Key("root");
        var vault = Vault(thief, count: 4);
        using var owner = Fixture.Key("psmc_active");
        vault.Documents["keys/active.pub.pem"] = KeyPem.WritePublic(owner.PublicKey);
        (await VaultVerifier.RunAsync(vault, Compatible, null, default)).Checkers.Single().Passes.ShouldBeTrue("the reference prints a warning and goes on");
        var strict = await VaultVerifier.RunAsync(vault, new VerificationOptions(), null, default);
        strict.CountsByRule["chain.key"].ShouldBe(4);
        strict.Valid.ShouldBeFalse();
        (await VaultVerifier.RunAsync(vault, Compatible, null, default)).Findings.First(finding => finding.Rule == "chain.key").Severity.ShouldBe(FindingSeverity.Warning);
    }

    [Fact]
    public async Task A_rotation_that_the_old_key_endorses_is_valid()
    {
        (await RulesAsync(Rotated((data, _) => data))).ShouldBeEmpty();
        using var owner = Fixture.Key("psmc_active");
        using var rotated = Fixture.Key("psmc_rotated");
        (await RulesAsync(Rotated((data, _) => data), owner)).ShouldBeEmpty();
        (await RulesAsync(Rotated((data, _) => data), rotated)).ShouldBe(["key.trust"]);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("by the new key")]
    [InlineData("for another new key")]
    [InlineData("of other data")]
    public async Task A_rotation_that_the_old_key_does_not_endorse_is_found(string endorsement)
    {
        var vault = Rotated((data, keys) => endorsement switch
        {
            "none" => data[..(data.IndexOf(",\"endorsement\"", StringComparison.Ordinal))] + data[data.IndexOf(",\"new_key_fingerprint\"", StringComparison.Ordinal)..],
            "by the new key" => Resign(data, keys.New),
            "for another new key" => data.Replace(Convert.ToBase64String(keys.New.PublicKey.Raw), Convert.ToBase64String(keys.Old.PublicKey.Raw)),
            _ => data.Replace("keys/retired/x", "keys/retired/y"),
        });
        (await RulesAsync(vault)).ShouldBe(["key.endorsement"]);
    }

    [Fact]
    public async Task A_tail_cut_from_both_files_is_found_with_a_signed_head_alone()
    {
        using var key = Fixture.Key("psmc_active");
        var vault = Vault(key, count: 5);
        var tree = await new EventTreeReader(vault, PsmcFormat.Instance).BuildAsync(5, default);
        var report = await VaultVerifier.RunAsync(vault, new VerificationOptions(), null, default);
        report.Root.ShouldBe(tree.Root());
        var head = SignedHead.Sign("v", "psmc", report.Head, tree.Root(), key, TestVault.Time);
        (await RulesAsync(vault, head: head)).ShouldBeEmpty();
        vault.Events.RemoveAt(4);
        vault.Chain.RemoveAt(4);
        (await RulesAsync(vault)).ShouldBeEmpty("without a head it does not show");
        (await RulesAsync(vault, head: head)).ShouldBe(["head.truncated"]);
    }

    [Fact]
    public async Task An_id_given_twice_is_found()
    {
        using var key = Fixture.Key("psmc_active");
        var vault = Vault(key, count: 3, sameIds: true);
        (await RulesAsync(vault)).ShouldBe(["event.duplicate_id", "event.duplicate_id"]);
    }

    private static async Task<IEnumerable<string>> RulesAsync(MemoryVault vault, SigningKey? trusted = null, SignedHead? head = null)
    {
        var report = await VaultVerifier.RunAsync(vault, new VerificationOptions { Head = head, TrustedKeys = trusted is null ? [] : [trusted.PublicKey] }, null, default);
        return report.Findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(finding => finding.Rule);
    }

    private static MemoryVault Vault(SigningKey key, int count, bool sameIds = false)
    {
        var vault = new MemoryVault();
        foreach (var document in PsmcMetadata.NewVault(key, TestVault.Time))
            vault.Documents[document.Name] = document.Content.ToArray();
        for (var i = 0; i < count; i++)
            Append(vault, key, "note", $$"""{"n":{{i}}}""", sameIds ? Guid.Empty : Guid.NewGuid());
        return vault;
    }

    private static MemoryVault Rotated(Func<string, (SigningKey Old, SigningKey New), string> change)
    {
        using var old = Fixture.Key("psmc_active");
        using var promoted = Fixture.Key("psmc_rotated");
        var vault = Vault(old, count: 2);
        var data = Encoding.UTF8.GetString(RotationEndorsement.Data(old, promoted.PublicKey, "keys/retired/x_public.pub.pem"));
        Append(vault, promoted, "migration", change(data, (old, promoted)), Guid.NewGuid());
        Append(vault, promoted, "note", """{"n":3}""", Guid.NewGuid());
        vault.Documents["keys/retired/x_public.pub.pem"] = KeyPem.WritePublic(old.PublicKey);
        vault.Documents["keys/active.pub.pem"] = KeyPem.WritePublic(promoted.PublicKey);
        vault.Documents["psmc.json"] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(vault.Documents["psmc.json"]).Replace(old.PublicKey.KeyId, promoted.PublicKey.KeyId));
        return vault;
    }

    private static string Resign(string data, SigningKey key)
    {
        var start = data.IndexOf(",\"endorsement\"", StringComparison.Ordinal);
        var end = data.IndexOf(",\"new_key_fingerprint\"", StringComparison.Ordinal);
        var signature = new byte[64];
        key.Sign(Encoding.UTF8.GetBytes(data[..start] + data[end..]), signature);
        return data[..start] + $",\"endorsement\":\"{Convert.ToHexStringLower(signature)}\"" + data[end..];
    }

    private static void Append(MemoryVault vault, SigningKey key, string type, string data, Guid id)
    {
        var builder = new PsmcEntryBuilder(key);
        var previous = vault.Events.Count == 0
            ? LogHead.ZeroHash
            : System.Text.Json.JsonDocument.Parse(vault.Chain[^1]).RootElement.GetProperty("hash").GetString()!;
        var built = builder.Build(PreparedEvent.Create(type, Encoding.UTF8.GetBytes(data)), new LogHead(vault.Events.Count, previous), id, TestVault.Time, null);
        vault.Events.Add(built.Entry.Event.ToArray());
        vault.Chain.Add(built.Entry.Chain.ToArray());
    }
}
