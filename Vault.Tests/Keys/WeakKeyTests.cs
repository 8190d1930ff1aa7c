using System.Text;
using System.Text.Json.Nodes;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Keys;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Sync;
using Granary.Vault.Tests.Support;
using Granary.Vault.Tests.Verification;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Keys;

/// <summary>With a weak key one signature holds for many messages, and with two spellings one key has two ids: neither is a key anywhere.</summary>
public sealed class WeakKeyTests
{
    public static TheoryData<string> All => WeakKeys.All;

    [Theory]
    [MemberData(nameof(All))]
    public void It_is_no_public_key_whether_raw_or_in_a_file(string hex)
    {
        var raw = Convert.FromHexString(hex);
        Should.Throw<FormatException>(() => PublicKey.FromRaw(raw)).Message.ShouldContain("small order");
        Should.Throw<FormatException>(() => KeyPem.ReadPublic(Pem(raw))).Message.ShouldContain("small order");
    }

    [Fact]
    public void A_sound_key_is_one()
    {
        PublicKey.FromRaw(Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")).KeyId.ShouldBe("bp1_21fe31dfa154a261");
        foreach (var _ in Enumerable.Range(0, 100))
        {
            using var key = SigningKey.Generate();
            PublicKey.TryFromRaw(key.PublicKey.Raw, out var read).ShouldBeTrue();
            read.KeyId.ShouldBe(key.PublicKey.KeyId);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Verification_reports_a_vault_whose_registry_has_it(string hex)
    {
        var raw = Convert.FromHexString(hex);
        var vault = await LooseVault.CreateAsync(notes: 1);
        vault.EditFile(KeyRegistry.FileName, json => Add(json, raw));
        var report = await vault.VerifyAsync();
        report.Valid.ShouldBeFalse();
        report.Findings.ShouldContain(finding => finding.Rule == "keys.entry" && finding.Reason.Contains("small order", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Verification_reports_a_psmc_vault_that_has_it(string hex)
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 2);
        await File.WriteAllBytesAsync(Path.Combine(folder.Vault, PsmcMetadata.PublicKeyName), Pem(Convert.FromHexString(hex)));
        var report = await VaultVerifier.RunFolderAsync(folder.Vault, new VerificationOptions(), null, default);
        report.Valid.ShouldBeFalse();
        report.Findings.ShouldContain(finding => finding.Rule == "key.file" && finding.Reason.Contains("small order", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_peer_is_not_admitted_with_it_though_the_caller_trusts_its_id(string hex)
    {
        var raw = Convert.FromHexString(hex);
        var id = KeyId.Of(raw);
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var offered = KeyRegistry.Read(Encoding.UTF8.GetBytes(Add("{\"keys\":[],\"revocations\":[]}", raw)));
        var plan = await ImportPlanner.PlanAsync(
            vault.Log, vault.Registry, [Signed(id)], offered.Keys, new ImportOptions { TrustedKeys = [id], Strict = false }, default);
        plan.Success.ShouldBeFalse();
        plan.Errors.ShouldHaveSingleItem().ShouldContain("small order");
        plan.AdmittedKeys.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_authority_cannot_promote_it(string hex)
    {
        var raw = Convert.FromHexString(hex);
        using var quorum = Fixture.Key("quorum");
        using var next = SigningKey.Generate();
        await using var vault = await TestBackpack.OpenAsync(TestBackpack.Create());
        var now = TestBackpack.Time.GetUtcNow();
        var plan = await KeyRotation.PlanAsync(vault, new RotationRequest(vault.PublicKey.KeyId, next), now, default);
        var (revocation, promotion) = (plan.Entries[0].Event, plan.Entries[1].Event);
        KeyRotation.Follow(vault.Registry, revocation.Span, promotion.Span).ShouldNotBeNull();

        var payload = JsonNode.Parse(promotion.Span)!["payload"]!.AsObject();
        payload["new_key_id"] = KeyId.Of(raw);
        payload["new_public_key_b64"] = Convert.ToBase64String(raw);
        var builder = new BackpackEventBuilder(quorum);
        var prepared = PreparedBackpackEvent.ForOperation(EventTypes.KeyPromotion, Encoding.UTF8.GetBytes(payload.ToJsonString()), "key_rotation_authority");
        var weak = builder.Build(prepared, new ChainLink(new BackpackEvent(revocation.Span).Id, 2, null), now).Entry.Event;
        KeyRotation.Follow(vault.Registry, revocation.Span, weak.Span).ShouldBeNull();
    }

    private static string Add(string json, byte[] raw)
    {
        var root = JsonNode.Parse(json)!;
        root["keys"]!.AsArray().Add(new JsonObject
        {
            ["key_id"] = KeyId.Of(raw), ["algorithm"] = "Ed25519", ["public_key_b64"] = Convert.ToBase64String(raw), ["roles"] = new JsonArray("root"),
            ["scopes"] = new JsonArray("all"), ["status"] = "active", ["created_at_utc"] = "2026-03-01T08:00:00+00:00",
        });
        return root.ToJsonString();
    }

    // R the neutral point, S nought: a signature that a neutral key has for every message where it is let in.
    private static ReadOnlyMemory<byte> Signed(string keyId)
    {
        using var key = Fixture.Key("root");
        var builder = new BackpackEventBuilder(key);
        var prepared = PreparedBackpackEvent.ForOperation("com.example.note", "{\"a\":1}"u8.ToArray(), "peer");
        var line = JsonNode.Parse(builder.Build(prepared, ChainLink.First, TestBackpack.Time.GetUtcNow()).Entry.Event.Span)!.AsObject();
        line["actor_key_id"] = keyId;
        line["sig"] = Convert.ToBase64String([1, .. new byte[63]]);
        line["event_id"] = "note-1";
        return Granary.Vault.Canonical.CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(line.ToJsonString()));
    }

    private static byte[] Pem(byte[] raw) => Encoding.ASCII.GetBytes(
        $"-----BEGIN PUBLIC KEY-----\n{Convert.ToBase64String([.. Convert.FromHexString("302a300506032b6570032100"), .. raw])}\n-----END PUBLIC KEY-----\n");
}
