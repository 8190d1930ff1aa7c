using System.Text.Json.Nodes;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Verification;

/// <summary>
/// Every way of changing a Backpack vault behind its back is found in strict mode, and the finding names it. The tamperer makes manifest and Merkle
/// root fit again, which needs no key.
/// </summary>
public sealed class BackpackTamperingTests
{
    private static readonly Dictionary<string, (string Rule, string? Code, Action<LooseVault> Change)> Cases = new()
    {
        ["flip a payload"] = ("events.id", "PROVARA_E004", vault => vault.Edit(3, line => line.Replace("note 1", "note 9"))),
        ["flip a payload, seen by the signature"] = ("signatures.invalid", "PROVARA_E003", vault => vault.Edit(3, line => line.Replace("note 1", "note 9"))),
        ["flip a signature"] = ("signatures.invalid", "PROVARA_E003", vault => vault.Edit(3, FlipSignature)),
        ["cut a signature"] = ("signatures.form", "PROVARA_E103", vault => vault.Edit(3, line => line.Replace("==\",\"timestamp", "\",\"timestamp").Replace("\"sig\":\"", "\"sig\":\"AA"))),
        ["spell a signature otherwise"] = ("signatures.spelling", "PROVARA_E103", vault => vault.Edit(3, line => line.Replace("\"sig\":\"", "\"sig\":\"-"))),
        ["strip a signature"] = ("signatures.missing", "PROVARA_E300", vault => vault.Edit(3, StripSignature)),
        ["strip all signatures"] = ("signatures.none", "PROVARA_E003", vault => Each(vault, StripSignature)),
        ["delete an event in the middle"] = ("chains.orphan", "PROVARA_E006", vault => vault.Lines.RemoveAt(3)),
        ["delete an actor's first event"] = ("chains.orphan", "PROVARA_E006", vault => vault.Lines.RemoveAt(2)),
        ["put an event in twice"] = ("events.duplicate", "PROVARA_E007", vault => vault.Lines.Insert(4, vault.Lines[3])),
        ["put a foreign event in"] = ("signatures.key", "PROVARA_E204", vault => vault.Lines.Add(With("rotated", key => vault.Forge(key, "agent_a", "{\"text\":\"forged\"}")))),
        ["put an unsigned event in"] = ("signatures.missing", "PROVARA_E300", vault => vault.Lines.Add(StripSignature(With("rotated", key => vault.Forge(key, "agent_a", "{\"text\":\"forged\"}"))))),
        ["reorder an actor's events"] = ("chains.first", "PROVARA_E013", vault => (vault.Lines[2], vault.Lines[4]) = (vault.Lines[4], vault.Lines[2])),
        ["reorder an actor's later events"] = ("chains.link", "PROVARA_E002", vault => (vault.Lines[4], vault.Lines[6]) = (vault.Lines[6], vault.Lines[4])),
        ["start a second chain"] = ("chains.link", "PROVARA_E002", vault => vault.Lines.Add(With("root", key => vault.Forge(key, "agent_a", "{\"text\":\"x\"}", link: ChainLink.First)))),
        ["link to another actor"] = ("chains.cross_actor", "PROVARA_E005", vault => vault.Lines.Add(With("root", key => vault.Forge(key, "agent_c", "{\"text\":\"x\"}", link: new ChainLink(vault.IdOf(3), 1, null))))),
        ["write other bytes for the same"] = ("events.canonical", "PROVARA_E104", vault => vault.Edit(3, line => line.Replace("\",\"", "\", \""))),
        ["write garbage"] = ("events.json", "PROVARA_E104", vault => vault.Edit(3, _ => "garbage")),
        ["truncate and list anew"] = ("manifest.signature_stale", "PROVARA_E008", vault => vault.Lines.RemoveAt(vault.Lines.Count - 1)),
        ["hide a payload without a redaction"] = ("redactions.missing", "PROVARA_E003", vault => vault.Edit(3, line => Hide(line, "evt_000000000000000000000000"))),
        ["hide a payload by an unsigned redaction"] = ("redactions.unsigned", "PROVARA_E003", vault => HideBy(vault, "rotated")),
        ["hide a payload by another redaction than named"] = ("redactions.other", null, vault => HideBy(vault, "root", named: "evt_000000000000000000000000")),
        ["put a key in"] = ("keys.unaccounted", "PROVARA_E204", vault => AddKey(vault, "rotated")),
        ["exchange a key"] = ("keys.entry", "PROVARA_E102", vault => vault.EditFile(KeyRegistry.FileName, text => text.Replace(Public("root"), Public("rotated")))),
        ["take the root key out"] = ("keys.root", "PROVARA_E204", vault => vault.EditFile(KeyRegistry.FileName, text => text.Replace("bp1_56475aa75463474c", "bp1_0000000000000000"))),
        ["take all keys out"] = ("keys.none", "PROVARA_E302", vault => vault.Files[KeyRegistry.FileName] = "{\"keys\":[]}"u8.ToArray()),
        ["break the registry"] = ("keys.registry", "PROVARA_E302", vault => vault.Files[KeyRegistry.FileName] = "[]"u8.ToArray()),
        ["take the vault for another"] = ("events.genesis", null, vault => vault.EditFile(BackpackBootstrap.GenesisName, text => text.Replace("aaaaaaaa", "bbbbbbbb"))),
        ["take the birth out"] = ("events.genesis", null, vault => vault.Lines.RemoveAt(0)),
        ["empty the log"] = ("events.none", "PROVARA_E302", vault => vault.Lines.Clear()),
        ["drop a field"] = ("events.fields", "PROVARA_E300", vault => vault.Edit(3, line => line.Replace("\"actor\":", "\"actress\":"))),
        ["drop another field"] = ("events.other_fields", "PROVARA_E300", vault => vault.Edit(3, line => line.Replace("\"timestamp_utc\":", "\"timestamp_xyz\":"))),
        ["write an id that is no hash"] = ("events.id_form", "PROVARA_E101", vault => vault.Edit(3, line => line.Replace(vault.IdOf(3), "e3"))),
        ["another schema"] = ("events.sovereign", "PROVARA_E300", vault => vault.Lines.Add("{\"event_id\":\"u\",\"schema_version\":\"1.0.0\"}")),
        ["no such type"] = ("events.type", "PROVARA_E301", vault => vault.Lines.Add(With("root", key => vault.Forge(key, "agent_a", "{\"text\":\"x\"}", "nonsense")))),
        ["go on after the seal"] = ("seal.closed", null, vault => Seal(vault, vault.Lines.Count + 1, andGoOn: true)),
        ["seal with another count"] = ("seal.count", null, vault => Seal(vault, 3, andGoOn: false)),
        ["promote oneself"] = ("keys.self_signed", "PROVARA_E200", vault => Promote(vault, "rotated")),
        ["promote without revoking"] = ("keys.sequence", "PROVARA_E201", vault => Promote(vault, "root")),
        ["promote a key that is not registered"] = ("keys.promoted", "PROVARA_E001", vault => Promote(vault, "root")),
        ["revoke oneself"] = ("keys.signer", "PROVARA_E202", vault => Revoke(vault, "root", "null")),
        ["revoke and stay active"] = ("keys.status", null, vault => Revoke(vault, "quorum", "null")),
        ["revoke up to nowhere"] = ("keys.boundary_unknown", "PROVARA_E203", vault => Revoke(vault, "quorum", "\"evt_000000000000000000000000\"")),
        ["loosen the ratchet"] = ("policies.ratchet", "PROVARA_E400", vault => vault.EditFile("policies/safety_policy.json", text => text.Replace("merge_ratchet", "merge_rat"))),
        ["take a tier out"] = ("policies.safety", null, vault => vault.EditFile("policies/safety_policy.json", text => text.Replace("\"L3\"", "\"L4\""))),
        ["forget after a while"] = ("policies.retention", null, vault => vault.EditFile("policies/retention_policy.json", text => text.Replace("\"events\": \"permanent\"", "\"events\": \"week\""))),
        ["drop the authorities"] = ("policies.sync_contract", null, vault => vault.Files["policies/sync_contract.json"] = "{}"u8.ToArray()),
        ["remove a file"] = ("layout.file", "PROVARA_E302", vault => vault.Files.Remove("policies/safety_policy.json")),
        ["remove the signature of the root"] = ("manifest.unsigned", null, vault => vault.Files.Remove(ManifestSignature.FileName)),
        ["sign the root with a foreign key"] = ("manifest.signature", "PROVARA_E003", vault => With("rotated", key => Resealed(vault, key))),
        ["sign the root with a key that may not"] = ("manifest.signer", "PROVARA_E202", vault => With("quorum", key => Resealed(vault, key))),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_change_is_found(string name)
    {
        var (rule, code, change) = Cases[name];
        var vault = await LooseVault.CreateAsync();
        change(vault);
        if (!name.StartsWith("sign the root", StringComparison.Ordinal))
            vault.Reseal();
        var report = await vault.VerifyAsync();
        report.Valid.ShouldBeFalse();
        var finding = Find(report, rule);
        finding.Code.ShouldBe(code);
        finding.Severity.ShouldBe(FindingSeverity.Error);
        report.Findings.ShouldAllBe(found => found.Reason.EndsWith('.'));
    }

    [Theory]
    [InlineData("manifest.stale", "PROVARA_E011")]
    [InlineData("manifest.phantom", null)]
    [InlineData("manifest.missing", "PROVARA_E010")]
    [InlineData("manifest.size", "PROVARA_E011")]
    [InlineData("manifest.hash", "PROVARA_E012")]
    [InlineData("manifest.root", "PROVARA_E008")]
    [InlineData("manifest.root_form", "PROVARA_E100")]
    [InlineData("manifest.spec_version", "PROVARA_E303")]
    [InlineData("manifest.file_count", null)]
    [InlineData("manifest.path", null)]
    [InlineData("manifest.form", "PROVARA_E302")]
    [InlineData("store.log.tail", null)]
    public async Task A_manifest_that_does_not_fit_is_found(string rule, string? code)
    {
        var vault = await LooseVault.CreateAsync();
        switch (rule)
        {
            case "manifest.stale":
                vault.Lines.Add(With("root", key => vault.Forge(key, "agent_a", "{\"text\":\"new\"}")));
                break;
            case "manifest.phantom":
                vault.Files["state/extra.json"] = "{}"u8.ToArray();
                break;
            case "manifest.missing":
                vault.Files.Remove("policies/ontology/perception_ontology_v1.json");
                break;
            case "manifest.size":
                vault.EditFile("policies/safety_policy.json", text => text + "\n");
                break;
            case "manifest.hash":
                vault.EditFile("policies/safety_policy.json", text => text.Replace("low-kinetic", "LOW-kinetic"));
                break;
            case "manifest.root":
                vault.Files[Manifest.RootName] = [.. Enumerable.Repeat((byte)'0', 64), (byte)'\n'];
                break;
            case "manifest.root_form":
                vault.Files[Manifest.RootName] = "root"u8.ToArray();
                break;
            case "manifest.spec_version":
                vault.EditFile(Manifest.FileName, text => text.Replace("\"backpack_spec_version\":\"1.0\"", "\"backpack_spec_version\":\"2.0\""));
                break;
            case "manifest.file_count":
                vault.EditFile(Manifest.FileName, text => text.Replace("\"file_count\":7", "\"file_count\":8"));
                break;
            case "manifest.path":
                vault.EditFile(Manifest.FileName, text => text.Replace("policies/safety_policy.json", "../safety_policy.json"));
                break;
            case "manifest.form":
                vault.Files[Manifest.FileName] = "{}"u8.ToArray();
                break;
            default:
                await TornAsync(vault);
                return;
        }
        var report = await vault.VerifyAsync();
        Find(report, rule).Code.ShouldBe(code);
        report.Valid.ShouldBeFalse();
    }

    [Fact]
    public async Task An_untouched_vault_is_valid_with_nothing_to_say_but_that_no_head_was_given()
    {
        var report = await (await LooseVault.CreateAsync()).VerifyAsync();
        report.Valid.ShouldBeTrue();
        report.Findings.Select(finding => finding.Rule).ShouldBe(["head.absent"]);
        report.Head.Count.ShouldBe(8);
        report.Checkers.ShouldAllBe(checker => checker.Passes);
    }

    [Fact]
    public async Task Rotation_redaction_and_seal_leave_a_vault_valid()
    {
        var vault = await LooseVault.CreateAsync(6, async open =>
        {
            var id = new BackpackEvent((await open.Log.ReadAsync(Granary.Vault.Storage.LogStream.Events, 3, 1, int.MaxValue, default)).Lines[0].Span).Id!;
            await open.ApplyAsync(await Redaction.PlanAsync(open, new RedactionRequest(id, "OTHER"), TestBackpack.Time.GetUtcNow(), default), TestBackpack.Time, default);
            using var promoted = Fixture.Key("rotated");
            var request = new RotationRequest(open.PublicKey.KeyId, promoted);
            await open.ApplyAsync(await KeyRotation.PlanAsync(open, request, TestBackpack.Time.GetUtcNow(), default), TestBackpack.Time, default);
            await TestBackpack.NoteAsync(open, "behind");
            await open.ApplyAsync(await VaultSeal.PlanAsync(open, TestBackpack.Time.GetUtcNow(), default), TestBackpack.Time, default);
        });
        var report = await vault.VerifyAsync();
        report.Errors.ShouldBe(0, string.Join('\n', report.Findings));
        report.CountsByRule["redactions.tombstone"].ShouldBe(1);
        report.CountsByRule.Keys.ShouldBe(["head.absent", "redactions.tombstone", "signatures.key_revoked_later"]);
        report.Checkers.Single(checker => checker.Name == "compliance suite").Passes.ShouldBeFalse("the reference refuses what a revoked key ever signed");
    }

    [Fact]
    public async Task A_signature_of_a_stolen_key_behind_the_boundary_of_trust_is_found()
    {
        var vault = await LooseVault.CreateAsync(6, async open =>
        {
            var boundary = new BackpackEvent((await open.Log.ReadAsync(Granary.Vault.Storage.LogStream.Events, 4, 1, int.MaxValue, default)).Lines[0].Span).Id!;
            using var promoted = Fixture.Key("rotated");
            var request = new RotationRequest(open.PublicKey.KeyId, promoted) { BoundaryEventId = boundary };
            await open.ApplyAsync(await KeyRotation.PlanAsync(open, request, TestBackpack.Time.GetUtcNow(), default), TestBackpack.Time, default);
        });
        var report = await vault.VerifyAsync();
        report.Findings.Where(finding => finding.Rule == "signatures.key_suspect").Select(finding => finding.Position!.Value).ShouldBe([5, 6, 7]);
    }

    private static Finding Find(VaultReport report, string rule)
    {
        report.Findings.Select(finding => finding.Rule).ShouldContain(rule);
        return report.Findings.First(finding => finding.Rule == rule);
    }

    private static async Task TornAsync(LooseVault vault)
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "events"));
        foreach (var (name, content) in vault.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder.Path, name))!);
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, name), content);
        }
        await File.WriteAllTextAsync(Path.Combine(folder.Path, LooseVault.Log), string.Join('\n', vault.Lines) + "\n{\"torn");
        var report = await VaultVerifier.RunFolderAsync(folder.Path, new VerificationOptions(), null, default);
        report.Findings.ShouldContain(finding => finding.Rule == "store.log.tail");
        report.Findings.ShouldContain(finding => finding.Rule == "manifest.size");
    }

    private static string FlipSignature(string line)
    {
        var at = line.IndexOf("\"sig\":\"", StringComparison.Ordinal) + 10;
        return line[..at] + (line[at] == 'A' ? 'B' : 'A') + line[(at + 1)..];
    }

    private static string StripSignature(string line)
    {
        var at = line.IndexOf(",\"sig\":\"", StringComparison.Ordinal);
        return line[..at] + line[(line.IndexOf('"', at + 8) + 1)..];
    }

    private static void Each(LooseVault vault, Func<string, string> edit)
    {
        for (var i = 0; i < vault.Lines.Count; i++)
            vault.Edit(i, edit);
    }

    private static string Hide(string line, string redaction)
    {
        var root = JsonNode.Parse(line)!.AsObject();
        root["payload"] = new JsonObject
        {
            ["original_payload_hash"] = "0000000000000000000000000000000000000000000000000000000000000000",
            ["redacted"] = true,
            ["redaction_event_id"] = redaction,
            ["redaction_reason"] = "OTHER",
        };
        return System.Text.Encoding.UTF8.GetString(Granary.Vault.Canonical.CanonicalJson.Canonicalize(System.Text.Encoding.UTF8.GetBytes(root.ToJsonString())));
    }

    private static void HideBy(LooseVault vault, string signer, string? named = null)
    {
        var redaction = With(signer, key => vault.Forge(
            key, "provara_redactor", $$"""{"authority":"x","reason":"OTHER","reason_detail":null,"redaction_method":"TOMBSTONE","target_event_id":"{{vault.IdOf(3)}}"}""", EventTypes.Redaction));
        if (signer != "root")
            redaction = StripSignature(redaction);
        vault.Lines.Add(redaction);
        vault.Edit(3, line => Hide(line, named ?? vault.IdOf(vault.Lines.Count - 1)));
    }

    private static void AddKey(LooseVault vault, string label)
    {
        using var key = Fixture.Key(label);
        var root = JsonNode.Parse(vault.Files[KeyRegistry.FileName])!.AsObject();
        root["keys"]!.AsArray().Add((JsonNode)RegisteredKey.Describe(key.PublicKey, ["root"], ["all"], "2026-03-01T08:00:00+00:00"));
        vault.Files[KeyRegistry.FileName] = PrettyJson.Write(root);
    }

    private static void Seal(LooseVault vault, int count, bool andGoOn)
    {
        vault.Lines.Add(With("root", key => vault.Forge(key, "vault_archivist", $$"""{"final_event_count":{{count}},"reason":"archival_rotation"}""", EventTypes.Seal)));
        if (andGoOn)
            vault.Lines.Add(With("root", key => vault.Forge(key, "agent_a", "{\"text\":\"more\"}")));
    }

    private static void Promote(LooseVault vault, string signer) => vault.Lines.Add(With(signer, key => vault.Forge(
        key, "key_rotation_authority",
        $$"""{"algorithm":"Ed25519","new_key_id":"bp1_03396219237f75a6","new_public_key_b64":"{{Public("rotated")}}","replaces_key_id":"bp1_56475aa75463474c"}""", EventTypes.KeyPromotion)));

    private static void Revoke(LooseVault vault, string signer, string boundary) => vault.Lines.Add(With(signer, key => vault.Forge(
        key, "key_rotation_authority", $$"""{"reason":"key_compromise","revoked_key_id":"bp1_56475aa75463474c","trust_boundary_event_id":{{boundary}}}""", EventTypes.KeyRevocation)));

    private static bool Resealed(LooseVault vault, SigningKey key)
    {
        vault.Reseal(key);
        return true;
    }

    private static string Public(string label) => With(label, key => Convert.ToBase64String(key.PublicKey.Raw));

    private static T With<T>(string label, Func<SigningKey, T> use)
    {
        using var key = Fixture.Key(label);
        return use(key);
    }
}
