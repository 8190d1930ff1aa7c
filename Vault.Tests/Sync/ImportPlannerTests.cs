using System.Text;
using System.Text.Json;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Keys;
using Granary.Vault.Sync;
using Granary.Vault.Tests.Backpack;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Sync;

/// <summary>What comes from elsewhere is verified before any of it is taken.</summary>
public sealed class ImportPlannerTests : IDisposable
{
    private readonly SigningKey _root = Fixture.Key("root");
    private readonly SigningKey _stranger = SigningKey.Generate();
    private readonly KeyRegistry _registry = KeyRegistry.Read(Fixture.Read("sample-vault/identity/keys.json"));
    private readonly LinesReader _vault = new(SampleEvents.Of("sample-vault"));
    private readonly List<byte[]> _import = [];
    private readonly Dictionary<string, ChainLink> _links = [];

    [Fact]
    public async Task The_sample_bundle_brings_the_events_that_are_missing()
    {
        var vault = new LinesReader(SampleEvents.Of("sample-vault")[..4]);
        var bundle = DeltaBundle.Read(Fixture.Read("delta/sample-full.delta.ndjson"));
        var plan = await ImportPlanner.PlanAsync(vault, _registry, bundle, new ImportOptions(), default);
        plan.Errors.ShouldBeEmpty();
        plan.Imported.ShouldBe(4);
        plan.Present.ShouldBe(4);
        plan.Change.Entries.Select(entry => entry.Event.ToArray()).ShouldBe(SampleEvents.Of("sample-vault")[4..]);
        plan.Change.After.ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_come_by_time_and_no_event_before_the_one_it_follows()
    {
        var early = Say("clock", 10);
        var late = Say("clock", 5);
        var other = Say("other", 7);
        _import.Reverse();
        var plan = await PlanAsync();
        plan.Change.Entries.Select(entry => IdOf(entry.Event)).ShouldBe([other, early, late]);
    }

    [Fact]
    public async Task Importing_again_brings_nothing()
    {
        Say("a", 1);
        _vault.Lines.AddRange(_import);
        var plan = await PlanAsync();
        plan.Success.ShouldBeTrue();
        plan.Imported.ShouldBe(0);
        plan.Present.ShouldBe(1);
    }

    [Fact]
    public async Task A_fork_is_reported_and_both_sides_are_kept()
    {
        _vault.Lines.Add(Build("a", 1, _root, "left"));
        _links.Clear();
        Say("a", 2, text: "right");
        var plan = await PlanAsync();
        plan.Success.ShouldBeTrue();
        plan.Forks.ShouldHaveSingleItem().ActorId.ShouldBe("a");
    }

    [Fact]
    public async Task One_bad_event_and_nothing_is_taken()
    {
        Say("a", 1);
        Say("b", 1, _stranger);
        var plan = await PlanAsync();
        plan.Change.Entries.ShouldBeEmpty();
        plan.Rejected.ShouldBe(1);
    }

    [Fact]
    public async Task A_key_that_comes_along_counts_for_nothing_unless_somebody_vouches_for_it()
    {
        Say("a", 1, _stranger);
        (await PlanAsync(offered: _stranger)).Errors.ShouldHaveSingleItem().ShouldContain("nobody vouches for it");
        var plan = await PlanAsync(new ImportOptions { TrustedKeys = [_stranger.PublicKey.KeyId] }, _stranger);
        plan.Errors.ShouldBeEmpty();
        plan.AdmittedKeys.ShouldBe([_stranger.PublicKey.KeyId]);
        var registry = KeyRegistry.Read(plan.Change.LastDocuments().ShouldHaveSingleItem().Content.Span);
        registry.Find(_stranger.PublicKey.KeyId)!.Roles.ShouldBe(["peer"]);
    }

    [Fact]
    public async Task A_key_under_another_key_s_id_counts_for_nothing()
    {
        Say("a", 1, _stranger);
        var json = $$"""{"keys":[{"key_id":"{{_stranger.PublicKey.KeyId}}","algorithm":"Ed25519","public_key_b64":"{{Convert.ToBase64String(_root.PublicKey.Raw)}}","roles":[],"scopes":[],"status":"active"}]}""";
        var offered = KeyRegistry.Read(Encoding.UTF8.GetBytes(json));
        var plan = await ImportPlanner.PlanAsync(_vault, _registry, Lines(), offered.Keys, new ImportOptions { TrustedKeys = [_stranger.PublicKey.KeyId] }, default);
        plan.Success.ShouldBeFalse();
    }

    [Theory]
    [InlineData("\"text\":\"hi\"", "\"text\":\"ho\"", "id does not follow")]
    [InlineData("\"sig\":\"", "\"sag\":\"", "id does not follow")]
    public async Task A_changed_event_is_refused(string from, string to, string reason)
    {
        Say("a", 1);
        _import[0] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_import[0]).Replace(from, to, StringComparison.Ordinal));
        (await PlanAsync()).Errors.ShouldHaveSingleItem().ShouldContain(reason);
    }

    [Fact]
    public async Task An_unsigned_event_is_refused_unless_the_caller_is_lax_and_an_unsigned_redaction_always()
    {
        Say("a", 1);
        Unsign(0);
        (await PlanAsync()).Errors.ShouldHaveSingleItem().ShouldContain("it is not signed");
        (await PlanAsync(new ImportOptions { Strict = false })).Imported.ShouldBe(1);
        _import.Add(Redact("evt_83ff011de26541def258a009"));
        Unsign(1);
        (await PlanAsync(new ImportOptions { Strict = false })).Errors.ShouldHaveSingleItem().ShouldContain("it is not signed");
    }

    [Fact]
    public async Task A_signature_of_another_event_is_refused()
    {
        Say("a", 1);
        Say("b", 1);
        var signature = JsonDocument.Parse(_import[1]).RootElement.GetProperty("sig").GetString()!;
        var own = JsonDocument.Parse(_import[0]).RootElement.GetProperty("sig").GetString()!;
        _import[0] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_import[0]).Replace(own, signature, StringComparison.Ordinal));
        (await PlanAsync()).Errors.ShouldHaveSingleItem().ShouldContain("signature is not that of key");
    }

    [Fact]
    public async Task An_event_whose_predecessor_is_missing_or_another_actor_s_is_refused()
    {
        Say("a", 1);
        Say("a", 2);
        _import.RemoveAt(0);
        (await PlanAsync()).Errors.ShouldHaveSingleItem().ShouldContain("is neither in the vault nor, sound, in the import");
        _import.Clear();
        _links["z"] = new ChainLink("evt_83ff011de26541def258a009", 2, null);
        Say("z", 1);
        (await PlanAsync()).Errors.ShouldHaveSingleItem().ShouldContain("is another actor's");
    }

    [Fact]
    public async Task A_sealed_vault_takes_nothing()
    {
        _vault.Lines.Add(BuildOperation("com.provara.vault.seal", """{"reason":"archival_rotation"}""", "vault_archivist"));
        Say("a", 1);
        (await PlanAsync()).Errors.ShouldHaveSingleItem().ShouldContain("The vault is sealed");
    }

    [Fact]
    public async Task What_is_no_event_is_refused()
    {
        _import.Add("{"u8.ToArray());
        _import.Add("{}"u8.ToArray());
        (await PlanAsync()).Errors.ShouldHaveSingleItem().ShouldContain("Event 1 of the import is not a JSON object");
        _import.RemoveAt(0);
        (await PlanAsync()).Errors.ShouldHaveSingleItem().ShouldContain("lacks one of event_id");
    }

    [Fact]
    public async Task A_redaction_takes_the_payload_here_too()
    {
        const string target = "evt_dd272e10c24674ea07e1f9df";
        _import.Add(Redact(target));
        var plan = await PlanAsync();
        plan.Errors.ShouldBeEmpty();
        var replaces = plan.Change.Entries.ShouldHaveSingleItem().Replaces.ShouldNotBeNull();
        replaces.Position.ShouldBe(3);
        Encoding.UTF8.GetString(replaces.Line.Span).ShouldContain("\"redacted\":true");
        new BackpackEvent(replaces.Line.Span).EntryHash().ShouldBe(new BackpackEvent(_vault.Lines[3]).EntryHash());
    }

    [Fact]
    public async Task An_event_arrives_redacted_when_its_redaction_comes_along()
    {
        var id = Say("a", 1);
        _import.Add(Redact(id));
        var plan = await PlanAsync();
        plan.Errors.ShouldBeEmpty();
        Encoding.UTF8.GetString(plan.Change.Entries[0].Event.Span).ShouldContain("\"redacted\":true");
        plan.Change.Entries[1].Replaces.ShouldBeNull();
    }

    [Fact]
    public async Task A_tombstone_is_taken_with_the_redaction_that_names_it_and_not_without()
    {
        var id = Say("a", 1);
        var redaction = Redact(id);
        _import.Add(redaction);
        var tombstone = (await PlanAsync()).Change.Entries[0].Event.ToArray();
        _import[0] = tombstone;
        (await PlanAsync()).Errors.ShouldBeEmpty();
        _import.RemoveAt(1);
        (await PlanAsync()).Errors.ShouldHaveSingleItem().ShouldContain("no sound redaction event names it");
    }

    [Fact]
    public async Task A_rotation_by_another_authority_brings_the_new_key()
    {
        var plan = await ImportPlanner.PlanAsync(
            _vault, _registry, [.. SampleEvents.Of("sample-vault-rekeyed").Select(line => (ReadOnlyMemory<byte>)line)], [], new ImportOptions(), default);
        plan.Errors.ShouldBeEmpty();
        plan.Imported.ShouldBe(2);
        var rekeyed = KeyRegistry.Read(Fixture.Read("sample-vault-rekeyed/identity/keys.json"));
        var written = KeyRegistry.Read(plan.Change.LastDocuments().ShouldHaveSingleItem().Content.Span);
        written.Keys.Select(key => (key.KeyId, key.Status, key.PromotionEventId, key.RevocationEventId))
            .ShouldBe(rekeyed.Keys.Select(key => (key.KeyId, key.Status, key.PromotionEventId, key.RevocationEventId)));
    }

    [Fact]
    public async Task A_revocation_alone_and_a_promotion_that_nobody_else_signed_are_refused()
    {
        var rekeyed = SampleEvents.Of("sample-vault-rekeyed");
        (await ImportPlanner.PlanAsync(_vault, _registry, [rekeyed[8]], [], new ImportOptions(), default)).Errors.ShouldHaveSingleItem().ShouldContain("import both");
        _import.Add(BuildOperation("KEY_PROMOTION", $$"""{"algorithm":"Ed25519","new_key_id":"{{_stranger.PublicKey.KeyId}}","new_public_key_b64":"{{Convert.ToBase64String(_stranger.PublicKey.Raw)}}","replaces_key_id":"{{_root.PublicKey.KeyId}}"}""", "x"));
        (await PlanAsync()).Errors.ShouldHaveSingleItem().ShouldContain("by another authority");
    }

    public void Dispose()
    {
        _root.Dispose();
        _stranger.Dispose();
    }

    private Task<ImportPlan> PlanAsync(ImportOptions? options = null, SigningKey? offered = null)
    {
        var keys = offered is null
            ? []
            : KeyRegistry.Read(Encoding.UTF8.GetBytes($$"""{"keys":[{"key_id":"{{offered.PublicKey.KeyId}}","algorithm":"Ed25519","public_key_b64":"{{Convert.ToBase64String(offered.PublicKey.Raw)}}","roles":["root"],"scopes":["all"],"status":"active"}]}""")).Keys;
        return ImportPlanner.PlanAsync(_vault, _registry, Lines(), keys, options ?? new ImportOptions(), default);
    }

    private ReadOnlyMemory<byte>[] Lines() => [.. _import.Select(line => (ReadOnlyMemory<byte>)line)];

    private string Say(string actor, int second, SigningKey? key = null, string text = "hi")
    {
        _import.Add(Build(actor, second, key ?? _root, text));
        return IdOf(_import[^1]);
    }

    private byte[] Build(string actor, int second, SigningKey key, string text)
    {
        var builder = new BackpackEventBuilder(key);
        var prepared = PreparedBackpackEvent.Create("OBSERVATION", Encoding.UTF8.GetBytes($$$"""{"predicate":"p","subject":"s","value":{"text":"{{{text}}}"}}"""), actor, null);
        // Times as a clock that goes back would have them: a chain must hold all the same.
        var link = _links.GetValueOrDefault(actor, ChainLink.First) with { LastTimestamp = null };
        var built = builder.Build(prepared, link, TestVault.Time.AddYears(1).AddSeconds(second));
        _links[actor] = new ChainLink(built.EventId, link.LogicalTime + 1, null);
        return built.Entry.Event.ToArray();
    }

    private byte[] BuildOperation(string type, string payload, string actor)
    {
        var builder = new BackpackEventBuilder(_root);
        return builder.Build(PreparedBackpackEvent.ForOperation(type, Encoding.UTF8.GetBytes(payload), actor), ChainLink.First, TestVault.Time.AddYears(2)).Entry.Event.ToArray();
    }

    private byte[] Redact(string target) =>
        BuildOperation("com.provara.redaction", $$"""{"authority":"System","reason":"LEGAL_ORDER","reason_detail":null,"redaction_method":"TOMBSTONE","target_event_id":"{{target}}"}""", "provara_redactor");

    private void Unsign(int at)
    {
        var text = Encoding.UTF8.GetString(_import[at]);
        var start = text.IndexOf("\"sig\":", StringComparison.Ordinal);
        _import[at] = Encoding.UTF8.GetBytes(text.Remove(start, text.IndexOf("\",", start, StringComparison.Ordinal) + 2 - start));
    }

    private static string IdOf(ReadOnlyMemory<byte> line) => new BackpackEvent(line.Span).Id!;
}
