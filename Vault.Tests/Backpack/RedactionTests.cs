using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Storage;

namespace Granary.Vault.Tests.Backpack;

public sealed class RedactionTests
{
    [Fact]
    public async Task A_payload_goes_and_its_envelope_stays()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var target = await TestBackpack.NoteAsync(vault, "secret");
        await TestBackpack.NoteAsync(vault, "other");
        var headHash = new BackpackEvent(memory.Lines[2].Span).EntryHash();
        var change = await RedactAsync(vault, new RedactionRequest(target.EventId, "GDPR_ERASURE") { Detail = "ticket 7", Authority = "dpo" });

        var tombstone = new BackpackEvent(memory.Lines[2].Span);
        tombstone.IsTombstone.ShouldBeTrue();
        tombstone.EntryHash().ShouldBe(headHash);
        var payloadHash = Convert.ToHexStringLower(SHA256.HashData("""{"text":"secret"}"""u8));
        Encoding.UTF8.GetString(tombstone.Payload).ShouldBe(
            $$"""{"original_payload_hash":"{{payloadHash}}","redacted":true,"redaction_event_id":"{{change.EventId}}","redaction_reason":"GDPR_ERASURE"}""");
        var redaction = new BackpackEvent(memory.Lines[4].Span);
        redaction.Id.ShouldBe(change.EventId);
        redaction.Actor.ShouldBe("provara_redactor");
        Encoding.UTF8.GetString(redaction.Payload).ShouldBe(
            $$"""{"authority":"dpo","reason":"GDPR_ERASURE","reason_detail":"ticket 7","redaction_method":"TOMBSTONE","target_event_id":"{{target.EventId}}"}""");
        memory.Lines.Select(line => Encoding.UTF8.GetString(line.Span)).ShouldAllBe(line => !line.Contains("secret"));
        await memory.ShouldBeStrictlyValidAsync();
    }

    [Fact]
    public async Task Redacting_twice_returns_the_first_redaction()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var target = await TestBackpack.NoteAsync(vault, "secret");
        var first = await RedactAsync(vault, new RedactionRequest(target.EventId, "OTHER"));
        var again = await RedactAsync(vault, new RedactionRequest(target.EventId, "LEGAL_ORDER"));
        again.EventId.ShouldBe(first.EventId);
        again.Entries.ShouldBeEmpty();
        memory.Lines.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("evt_000000000000000000000000", "OTHER", "TOMBSTONE", "no event")]
    [InlineData("", "BECAUSE", "TOMBSTONE", "reason must be one of")]
    [InlineData("", "OTHER", "SHREDDER", "method must be one of")]
    [InlineData("", "OTHER", "TOMBSTONE", "own record")]
    public async Task A_redaction_that_will_not_do_changes_nothing(string target, string reason, string method, string message)
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var id = target.Length > 0 ? target : new BackpackEvent(memory.Lines[0].Span).Id!;
        var request = new RedactionRequest(id, reason) { Method = method };
        (await Should.ThrowAsync<BackpackInputException>(() => RedactAsync(vault, request))).Message.ShouldContain(message);
        memory.Steps.ShouldBe(0);
    }

    [Fact]
    public async Task An_event_may_be_redacted_while_the_manifest_is_stale()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        var target = await TestBackpack.NoteAsync(vault, "secret");
        await TestBackpack.NoteAsync(vault, "x", "agent_b");
        await RedactAsync(vault, new RedactionRequest(target.EventId, "PII_EXPOSURE"));
        await TestBackpack.NoteAsync(vault, "y");
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        await memory.ShouldBeStrictlyValidAsync();
    }

    private static async Task<VaultChange> RedactAsync(BackpackVault vault, RedactionRequest request)
    {
        var change = await Redaction.PlanAsync(vault, request, TestBackpack.Time.GetUtcNow(), default);
        await vault.ApplyAsync(change, TestBackpack.Time, default);
        return change;
    }
}
