using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

public sealed class ShreddingTests
{
    [Fact]
    public async Task Encrypted_payloads_are_read_with_their_keys_and_by_nobody_without()
    {
        using var folder = new TestFolder();
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var keys = Keys(folder);
        var noted = await EncryptedAsync(vault, keys, "for your eyes only", "agent_a");
        Encoding.UTF8.GetString(memory.Lines[^1].Span).ShouldNotContain("eyes");
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        await memory.ShouldBeStrictlyValidAsync();
        (await ReadAsync(memory, 2, keys)).ShouldBe("""{"text":"for your eyes only"}""");

        var plan = await ShredAsync(vault, keys, new ShredRequest("GDPR_ERASURE") { TargetEventId = noted.EventId });
        plan.KeyIds.Count.ShouldBe(1);
        (await ReadAsync(memory, 2, keys)).ShouldBeNull();
        Directory.EnumerateFiles(folder.Path).ShouldBeEmpty();
        Encoding.UTF8.GetString(new BackpackEvent(memory.Lines[^1].Span).Payload).ShouldBe(
            $$"""{"authority":"System","reason":"GDPR_ERASURE","reason_detail":null,"shred_scope":"single_event","target_event_id":"{{noted.EventId}}"}""");
        await memory.ShouldBeStrictlyValidAsync();

        var again = await ShredAsync(vault, keys, new ShredRequest("OTHER") { TargetEventId = noted.EventId });
        again.Change.EventId.ShouldBe(plan.Change.EventId);
        again.Change.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task All_payloads_of_an_actor_go_together_and_nobody_elses()
    {
        using var folder = new TestFolder();
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var keys = Keys(folder);
        await EncryptedAsync(vault, keys, "one", "agent_a");
        await EncryptedAsync(vault, keys, "two", "agent_b");
        await EncryptedAsync(vault, keys, "three", "agent_a");
        await TestBackpack.NoteAsync(vault, "plain");
        await ShredAsync(vault, keys, new ShredRequest("LEGAL_ORDER") { TargetActor = "agent_a", Detail = "court", Authority = "dpo" });
        (await ReadAsync(memory, 2, keys)).ShouldBeNull();
        (await ReadAsync(memory, 3, keys)).ShouldBe("""{"text":"two"}""");
        (await ReadAsync(memory, 4, keys)).ShouldBeNull();
        Encoding.UTF8.GetString(new BackpackEvent(memory.Lines[^1].Span).Payload).ShouldBe(
            """{"authority":"dpo","events_affected":2,"keys_destroyed":2,"reason":"LEGAL_ORDER","reason_detail":"court","shred_scope":"actor_wide","target_actor_id":"agent_a"}""");
    }

    [Theory]
    [InlineData("BECAUSE", "e", null, "reason must be one of")]
    [InlineData("OTHER", null, null, "either the event or the actor")]
    [InlineData("OTHER", "e", "a", "either the event or the actor")]
    [InlineData("OTHER", "evt_000000000000000000000000", null, "no event")]
    [InlineData("OTHER", null, "nobody", "no encrypted events")]
    public async Task A_shredding_that_will_not_do_changes_nothing(string reason, string? id, string? actor, string message)
    {
        using var folder = new TestFolder();
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var request = new ShredRequest(reason) { TargetEventId = id, TargetActor = actor };
        (await Should.ThrowAsync<BackpackInputException>(() => Shredding.PlanAsync(vault, request, Keys(folder), default, default))).Message.ShouldContain(message);
        memory.Steps.ShouldBe(0);
    }

    [Fact]
    public async Task A_plain_payload_has_no_key_to_destroy()
    {
        using var folder = new TestFolder();
        await using var vault = await TestBackpack.OpenAsync(TestBackpack.Create());
        var note = await TestBackpack.NoteAsync(vault, "plain");
        (await Should.ThrowAsync<BackpackInputException>(() => Shredding.PlanAsync(vault, new ShredRequest("OTHER") { TargetEventId = note.EventId }, Keys(folder), default, default)))
            .Message.ShouldContain("redact it instead");
    }

    [Fact]
    public async Task What_is_encrypted_with_keys_that_are_kept_elsewhere_is_not_announced_as_shredded()
    {
        using var folder = new TestFolder();
        using var elsewhere = new TestFolder();
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var noted = await EncryptedAsync(vault, Keys(elsewhere), "not here", "agent_a");
        var events = memory.Lines.Count;
        (await Should.ThrowAsync<BackpackInputException>(() => ShredAsync(vault, Keys(folder), new ShredRequest("OTHER") { TargetEventId = noted.EventId })))
            .Message.ShouldContain("is not kept here");
        (await Should.ThrowAsync<BackpackInputException>(() => ShredAsync(vault, Keys(folder), new ShredRequest("OTHER") { TargetActor = "agent_a" })))
            .Message.ShouldContain("1 encrypted events no data key is kept here");
        memory.Lines.Count.ShouldBe(events);

        await EncryptedAsync(vault, Keys(folder), "here", "agent_a");
        await ShredAsync(vault, Keys(folder), new ShredRequest("OTHER") { TargetActor = "agent_a" });
        var payload = Encoding.UTF8.GetString(new BackpackEvent(memory.Lines[^1].Span).Payload);
        payload.ShouldContain("\"events_affected\":1");
        payload.ShouldContain("\"keys_destroyed\":1");
    }

    [Fact]
    public async Task A_shredding_that_was_announced_is_finished_and_spares_what_came_later()
    {
        using var folder = new TestFolder();
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var keys = Keys(folder);
        await EncryptedAsync(vault, keys, "before", "agent_a");
        var plan = await Shredding.PlanAsync(vault, new ShredRequest("OTHER") { TargetActor = "agent_a" }, keys, TestBackpack.Time.GetUtcNow(), default);
        await vault.ApplyAsync(plan.Change, TestBackpack.Time, default);
        // A crash here, and an event that comes before anybody asks again.
        await EncryptedAsync(vault, keys, "after", "agent_a");
        await Shredding.FinishAsync(vault.Log, plan.Change.EventId, keys, default);
        (await ReadAsync(memory, 2, keys)).ShouldBeNull();
        (await ReadAsync(memory, 4, keys)).ShouldBe("""{"text":"after"}""");
    }

    [Fact]
    public void A_wrapper_that_was_changed_does_not_open()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var wrapper = Encoding.UTF8.GetString(EncryptedPayload.Encrypt("{}"u8, "dek_1", key));
        EncryptedPayload.KeyIdOf(Encoding.UTF8.GetBytes(wrapper)).ShouldBe("dek_1");
        EncryptedPayload.Decrypt(Encoding.UTF8.GetBytes(wrapper), key).ShouldBe("{}"u8.ToArray());
        Should.Throw<CryptographicException>(() => EncryptedPayload.Decrypt(Encoding.UTF8.GetBytes(wrapper), RandomNumberGenerator.GetBytes(32)));
        Should.Throw<CryptographicException>(() => EncryptedPayload.Decrypt("{}"u8, key));
        var nonce = wrapper.IndexOf("\"nonce\":\"", StringComparison.Ordinal) + 9;
        var changed = wrapper[..nonce] + (wrapper[nonce] == 'A' ? 'B' : 'A') + wrapper[(nonce + 1)..];
        Should.Throw<CryptographicException>(() => EncryptedPayload.Decrypt(Encoding.UTF8.GetBytes(changed), key));
    }

    [Fact]
    public async Task Data_keys_open_for_their_own_vault_only_and_their_names_stay_in_the_folder()
    {
        using var folder = new TestFolder();
        var key = RandomNumberGenerator.GetBytes(32);
        await Keys(folder).SaveAsync("dek_1", key, default);
        File.ReadAllBytes(Path.Combine(folder.Path, "dek_1")).AsSpan().IndexOf(key).ShouldBe(-1);
        (await Keys(folder).FindAsync("dek_1", default)).ShouldBe(key);
        (await Should.ThrowAsync<VaultStorageException>(() => Keys(folder, "other").FindAsync("dek_1", default))).Failure.ShouldBe(VaultStorageFailure.Damaged);
        await Should.ThrowAsync<ArgumentException>(() => Keys(folder).FindAsync("../x", default));
        (await Keys(folder).DestroyAsync("dek_1", default)).ShouldBeTrue();
        (await Keys(folder).DestroyAsync("dek_1", default)).ShouldBeFalse();
        (await Keys(folder).FindAsync("dek_1", default)).ShouldBeNull();
    }

    private static DataKeyFolder Keys(TestFolder folder, string uid = "vault") =>
        new(KeyRing.Parse(Convert.ToBase64String(new byte[32])), uid, folder.Path);

    private static async Task<BuiltBackpackEvent> EncryptedAsync(BackpackVault vault, IDataKeyStore keys, string text, string actor)
    {
        var prepared = PreparedBackpackEvent.Create("com.example.note", Encoding.UTF8.GetBytes($$"""{"text":"{{text}}"}"""), actor);
        return await vault.AppendAsync(await Shredding.EncryptAsync(prepared, keys, default), TestBackpack.Time.GetUtcNow(), default);
    }

    private static async Task<ShredPlan> ShredAsync(BackpackVault vault, IDataKeyStore keys, ShredRequest request)
    {
        var plan = await Shredding.PlanAsync(vault, request, keys, TestBackpack.Time.GetUtcNow(), default);
        await vault.ApplyAsync(plan.Change, TestBackpack.Time, default);
        await Shredding.DestroyAsync(plan, keys, default);
        return plan;
    }

    private static async Task<string?> ReadAsync(MemoryBackpack memory, int position, IDataKeyStore keys)
    {
        var payload = new BackpackEvent(memory.Lines[position].Span).Payload.ToArray();
        return await Shredding.DecryptAsync(payload, keys, default) is { } content ? Encoding.UTF8.GetString(content) : null;
    }
}
