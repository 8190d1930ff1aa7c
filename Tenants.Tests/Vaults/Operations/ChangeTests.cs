using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Granary.Tenants.Tests.Support;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;

namespace Granary.Tenants.Tests.Vaults.Operations;

/// <summary>Operations that change a Backpack vault, and what vouches for it afterwards.</summary>
public sealed class ChangeTests : IAsyncLifetime
{
    private readonly TestTenants _tenants = new();
    private VaultDescription _made = null!;

    private IVault Vault => _tenants["notes"];

    private string Folder => Path.Combine(_tenants.Folder, "default", "vaults", "notes");

    public async Task InitializeAsync() => _made = await Vault.CreateAsync(new VaultCreation { Format = "backpack", Quorum = true }, default);

    public Task DisposeAsync() => _tenants.DisposeAsync().AsTask();

    [Fact]
    public async Task A_redacted_payload_is_gone_from_log_state_and_files_and_the_event_stays()
    {
        var receipt = await AppendAsync("secret");
        await AppendAsync("other");
        (await Vault.RunAsync("search_events", """{"value":"secret"}""")).GetProperty("total").GetInt64().ShouldBe(1);
        (await Vault.RunAsync("get_beliefs", """{"namespace":"local"}""")).GetProperty("beliefs").TryGetProperty("secret:is", out _).ShouldBeTrue();
        var redacted = await RedactAsync(receipt.EventId);
        redacted.GetProperty("event_count").GetInt64().ShouldBe(5);
        var @event = (await Vault.RunAsync("get_event", $$"""{"event_id":"{{receipt.EventId}}"}""")).GetProperty("event");
        @event.GetProperty("payload").GetProperty("redaction_event_id").GetString().ShouldBe(redacted.GetProperty("redaction_event_id").GetString());
        (await Vault.RunAsync("search_events", """{"value":"secret"}""")).GetProperty("total").GetInt64().ShouldBe(0);
        (await Vault.RunAsync("get_beliefs", """{"namespace":"local"}""")).GetProperty("beliefs").TryGetProperty("secret:is", out _).ShouldBeFalse();
        (await Vault.GetHeadAsync(default)).Count.ShouldBe(5);
        await AppendAsync("after");
        await _tenants.Host.DisposeAsync();
        (await File.ReadAllTextAsync(Path.Combine(Folder, "events", "events.ndjson"))).ShouldNotContain("\"secret\"");
    }

    [Fact]
    public async Task Redacting_twice_or_with_the_same_key_is_redacting_once()
    {
        var receipt = await AppendAsync("secret");
        var first = await RedactAsync(receipt.EventId, key: "k");
        (await RedactAsync(receipt.EventId, key: "k")).GetRawText().ShouldBe(first.GetRawText());
        (await RedactAsync(receipt.EventId)).GetProperty("redaction_event_id").GetString().ShouldBe(first.GetProperty("redaction_event_id").GetString());
        (await Vault.GetHeadAsync(default)).Count.ShouldBe(4);
        var reused = await Should.ThrowAsync<TenantException>(() => Vault.RunAsync("seal_vault", "{}", "k"));
        reused.Failure.ShouldBe(TenantFailure.KeyReused);
    }

    [Fact]
    public async Task An_encrypted_payload_is_read_until_its_key_is_destroyed_and_verifies_all_the_same()
    {
        var append = Observation("hidden") with { Encrypt = true, IdempotencyKey = "k" };
        var receipt = await Vault.AppendAsync(append, default);
        (await Vault.AppendAsync(append, default)).ShouldBe(receipt with { Replayed = true });
        var found = await Vault.RunAsync("get_event", $$"""{"event_id":"{{receipt.EventId}}"}""");
        found.GetProperty("event").GetRawText().ShouldNotContain("hidden");
        found.GetProperty("decrypted_payload").GetProperty("subject").GetString().ShouldBe("hidden");
        var shredded = await Vault.RunAsync("shred_event", $$"""{"event_id":"{{receipt.EventId}}","reason":"GDPR_ERASURE"}""");
        shredded.GetProperty("keys_destroyed").GetInt32().ShouldBe(1);
        (await PayloadAsync(receipt.EventId)).ValueKind.ShouldBe(JsonValueKind.Null);
        (await Vault.VerifyAsync(null, default)).Findings.ShouldBeEmpty();
        (await Vault.RefusedAsync("shred_event", """{"reason":"OTHER"}""")).Message.ShouldContain("either the event or the actor");
        var open = await AppendAsync("open");
        (await Vault.RefusedAsync("shred_event", $$"""{"event_id":"{{open.EventId}}","reason":"OTHER"}""")).Message.ShouldContain("redact it instead");
        await _tenants["psmc"].CreateAsync(default);
        (await Should.ThrowAsync<TenantException>(() => _tenants["psmc"].AppendAsync(append, default))).Message.ShouldStartWith("encrypt is for");
    }

    [Fact]
    public async Task A_repeat_with_its_key_finishes_a_shredding_that_a_crash_interrupted()
    {
        var receipt = await Vault.AppendAsync(Observation("hidden") with { Encrypt = true }, default);
        var file = Directory.GetFiles(_tenants.Folder, "dek_*", SearchOption.AllDirectories).ShouldHaveSingleItem();
        var kept = await File.ReadAllBytesAsync(file);
        var arguments = $$"""{"event_id":"{{receipt.EventId}}","reason":"GDPR_ERASURE"}""";
        var first = await Vault.RunAsync("shred_event", arguments, "k");
        // As if the process had died between the event and the key.
        await File.WriteAllBytesAsync(file, kept);
        (await PayloadAsync(receipt.EventId)).ValueKind.ShouldBe(JsonValueKind.Object);
        (await Vault.RunAsync("shred_event", arguments, "k")).GetRawText().ShouldBe(first.GetRawText());
        (await PayloadAsync(receipt.EventId)).ValueKind.ShouldBe(JsonValueKind.Null);
        (await Vault.GetHeadAsync(default)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_sealed_vault_takes_no_events_and_is_sealed_once()
    {
        var sealedBy = (await Vault.RunAsync("seal_vault")).GetProperty("seal_event_id").GetString();
        (await Vault.RunAsync("seal_vault")).GetProperty("seal_event_id").GetString().ShouldBe(sealedBy);
        var refused = await Should.ThrowAsync<TenantException>(() => AppendAsync("late"));
        refused.Failure.ShouldBe(TenantFailure.InvalidInput);
        refused.Message.ShouldContain(sealedBy!);
        (await Vault.GetHeadAsync(default)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task After_a_rotation_the_new_key_signs_also_after_a_restart()
    {
        await AppendAsync("before");
        var rotated = await Vault.RunAsync("rotate_key");
        rotated.GetProperty("revoked_key_id").GetString().ShouldBe(_made.KeyId);
        var next = rotated.GetProperty("new_key_id").GetString();
        (await SignerOfAsync(await AppendAsync("after"))).ShouldBe(next);
        (await Vault.RunAsync("vault_status")).GetProperty("key_id").GetString().ShouldBe(next);
        (await Vault.RunAsync("get_signed_head")).GetProperty("signed_head").GetProperty("key_id").GetString().ShouldBe(next);
        await _tenants.Host.DisposeAsync();

        await using var again = new TestTenants(folder: _tenants.Folder);
        var receipt = await again["notes"].AppendAsync(Observation("later"), default);
        var @event = (await again["notes"].RunAsync("get_event", $$"""{"event_id":"{{receipt.EventId}}"}""")).GetProperty("event");
        @event.GetProperty("actor_key_id").GetString().ShouldBe(next);
        Directory.EnumerateFiles(Folder, "*private*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_another_authority_there_is_no_rotation()
    {
        await _tenants["alone"].CreateAsync(new VaultCreation { Format = "backpack" }, default);
        var refused = await _tenants["alone"].RefusedAsync("rotate_key", "{}");
        refused.Failure.ShouldBe(TenantFailure.InvalidInput);
        refused.Message.ShouldContain("quorum");
    }

    [Fact]
    public async Task A_proof_convinces_somebody_who_has_the_public_key_alone()
    {
        foreach (var i in Enumerable.Range(0, 9))
            await AppendAsync($"s{i}");
        var key = PublicKey.FromRaw(Convert.FromBase64String(_made.PublicKey));
        var head = SignedHead.Read(Encoding.UTF8.GetBytes((await Vault.RunAsync("get_signed_head")).GetProperty("signed_head").GetRawText()));
        (head.Count, head.IsSignedBy(key)).ShouldBe((11, true));
        await AppendAsync("more");
        var id = (await Vault.RunAsync("list_events", """{"offset":4,"limit":1}""")).GetProperty("events")[0].GetProperty("event_id").GetString();
        foreach (var arguments in (string[])["""{"position":4}""", $$"""{"event_id":"{{id}}"}"""])
        {
            var proof = EventProof.Read(Encoding.UTF8.GetBytes((await Vault.RunAsync("prove_event", arguments)).GetProperty("proof").GetRawText()));
            proof.Problems(key).ShouldBeEmpty();
            (proof.Inclusion.Position, proof.Head.Count).ShouldBe((4, 12));
        }
        var consistency = await Vault.RunAsync("prove_consistency", """{"first_count":11}""");
        var later = SignedHead.Read(Encoding.UTF8.GetBytes(consistency.GetProperty("signed_head").GetRawText()));
        ConsistencyProof.Read(Encoding.UTF8.GetBytes(consistency.GetProperty("proof").GetRawText())).IsBetween(head, later).ShouldBeTrue();
        (await Vault.RefusedAsync("prove_consistency", """{"first_count":99}""")).Failure.ShouldBe(TenantFailure.InvalidInput);
        (await Vault.RefusedAsync("prove_event", "{}")).Message.ShouldBe("event_id or position is required.");
    }

    [Fact]
    public async Task Once_it_is_closed_the_folder_and_what_is_kept_beside_it_vouch_for_all_events()
    {
        await AppendAsync("one");
        var head = await Vault.GetHeadAsync(default);
        await _tenants.Host.DisposeAsync();
        var kept = await File.ReadAllLinesAsync(Path.Combine(_tenants.Folder, "default", "state", "notes", "beside", "signed-head.json"));
        kept[0].ShouldBe("3");
        SignedHead.Read(Encoding.UTF8.GetBytes(kept[1])).Head.ShouldBe(head.Hash);
        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Folder, "manifest.json")));
        CheckFiles(manifest.RootElement, name => File.ReadAllBytes(Path.Combine(Folder, name)));
    }

    [Theory]
    [InlineData("backpack", "manifest.json")]
    [InlineData("psmc", "psmc.json")]
    public async Task An_export_is_the_whole_folder_without_private_keys(string format, string marker)
    {
        await _tenants["other"].CreateAsync(new VaultCreation { Format = format }, default);
        await _tenants["other"].AppendAsync(Observation("one"), default);
        var export = await _tenants["other"].RunAsync("export_vault");
        using var zip = new ZipArchive(new MemoryStream(export.GetProperty("zip_base64").GetBytesFromBase64()));
        var names = zip.Entries.Select(entry => entry.FullName).ToList();
        names.ShouldContain(marker);
        names.ShouldContain("events/events.ndjson");
        names.ShouldNotContain(name => name.Contains("private", StringComparison.Ordinal) || name == "keys/active.pem");
        Lines(zip, "events/events.ndjson").Length.ShouldBe(export.GetProperty("event_count").GetInt32());
        if (format == "psmc")
        {
            Lines(zip, "chain/chain.ndjson").Length.ShouldBe(1);
            return;
        }
        using var manifest = JsonDocument.Parse(Bytes(zip, "manifest.json"));
        CheckFiles(manifest.RootElement, name => Bytes(zip, name));
    }

    [Theory]
    [InlineData("strict", true)]
    [InlineData("compatible", false)]
    public async Task A_vault_that_was_appended_to_redacted_and_rotated_verifies(string mode, bool rotated)
    {
        var receipt = await AppendAsync("secret");
        await RedactAsync(receipt.EventId);
        // The reference refuses whatever a revoked key ever signed.
        if (rotated)
            await Vault.RunAsync("rotate_key");
        await AppendAsync("after");
        await Vault.RunAsync("get_signed_head");
        var report = await Vault.RunAsync("verify_vault", $$"""{"mode":"{{mode}}"}""");
        report.GetProperty("findings").EnumerateArray().Where(f => f.GetProperty("severity").GetString() == "error").ShouldBeEmpty();
        (report.GetProperty("valid").GetBoolean(), report.GetProperty("event_count").GetInt64()).ShouldBe((true, rotated ? 7 : 5));
        (await Vault.VerifyAsync(null, default)).Valid.ShouldBeTrue();
        (await Vault.RefusedAsync("verify_vault", """{"mode":"lax"}""")).Message.ShouldBe("mode must be one of strict, compatible.");
    }

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task Events_that_were_cut_off_while_it_was_closed_are_missed_by_the_signed_head(string format)
    {
        await _tenants["cut"].CreateAsync(new VaultCreation { Format = format }, default);
        foreach (var i in Enumerable.Range(0, 4))
            await _tenants["cut"].AppendAsync(Observation($"s{i}"), default);
        await _tenants["cut"].RunAsync("get_signed_head");
        await _tenants.Host.DisposeAsync();
        foreach (var name in (string[])["events/events.ndjson", "chain/chain.ndjson"])
        {
            var path = Path.Combine(_tenants.Folder, "default", "vaults", "cut", name);
            if (File.Exists(path))
                await File.WriteAllTextAsync(path, string.Concat((await File.ReadAllLinesAsync(path)).SkipLast(1).Select(line => line + "\n")));
        }
        File.Delete(Path.Combine(_tenants.Folder, "default", "state", "cut", "anchor"));

        await using var again = new TestTenants(folder: _tenants.Folder);
        var report = await again["cut"].RunAsync("verify_vault");
        report.GetProperty("valid").GetBoolean().ShouldBeFalse();
        report.GetProperty("findings").EnumerateArray().ShouldContain(f => f.GetProperty("rule").GetString()!.StartsWith("head.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("backpack")]
    [InlineData("psmc")]
    public async Task A_forensic_bundle_tells_what_was_found_and_holds_no_private_key(string format)
    {
        await _tenants["other"].CreateAsync(new VaultCreation { Format = format }, default);
        await _tenants["other"].AppendAsync(Observation("one"), default);
        var export = await _tenants["other"].RunAsync("forensic_export");
        (export.GetProperty("chain_integrity").GetBoolean(), export.GetProperty("signature_integrity").GetBoolean()).ShouldBe((true, true));
        using var zip = new ZipArchive(new MemoryStream(export.GetProperty("zip_base64").GetBytesFromBase64()));
        zip.Entries.Count.ShouldBe(export.GetProperty("file_count").GetInt32());
        zip.Entries.ShouldNotContain(entry => entry.FullName.Contains("private", StringComparison.Ordinal) || entry.FullName == "keys/active.pem");
        using var hashes = JsonDocument.Parse(Bytes(zip, "hashes.json"));
        var files = hashes.RootElement.GetProperty("files").EnumerateObject().ToList();
        files.Count.ShouldBeGreaterThan(4);
        foreach (var file in files)
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Bytes(zip, file.Name))).ShouldBe(file.Value.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task The_manifest_is_made_anew_when_it_is_asked_for()
    {
        await AppendAsync("one");
        var told = await Vault.RunAsync("get_manifest");
        told.GetProperty("signature").GetProperty("merkle_root").GetString().ShouldBe(told.GetProperty("merkle_root").GetString());
        CheckFiles(told.GetProperty("manifest"), name => File.ReadAllBytes(Path.Combine(Folder, name)));
    }

    [Fact]
    public async Task Changes_and_appends_of_two_processes_never_fork_a_chain()
    {
        using var redis = new RedisServer("--appendfsync everysec");
        await using var one = new RedisTenants(redis.Configuration);
        await using var two = new RedisTenants(redis.Configuration);
        await one["notes"].CreateAsync(new VaultCreation { Format = "backpack", Quorum = true }, default);
        var targets = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => one["notes"].AppendAsync(Observation($"t{i}"), default)));
        var appends = Enumerable.Range(0, 60).Select(i => Task.Run(() => (i % 2 == 0 ? one : two)["notes"].AppendAsync(Observation($"a{i}"), default)));
        var redactions = targets.Select((target, i) => Task.Run(() => (i % 2 == 0 ? one : two)["notes"].RunAsync(
            "redact_event", $$"""{"event_id":"{{target.EventId}}","reason":"OTHER"}""")));
        await Task.WhenAll([.. appends, .. redactions]);
        var list = (await two["notes"].RunAsync("list_events", """{"limit":1000}""")).GetProperty("events");
        list.GetArrayLength().ShouldBe(2 + 6 + 60 + 6);
        foreach (var chain in list.EnumerateArray().GroupBy(item => item.GetProperty("actor").GetString()))
        {
            string? previous = null;
            foreach (var @event in chain)
            {
                @event.GetProperty("prev_event_hash").GetString().ShouldBe(previous);
                previous = @event.GetProperty("event_id").GetString();
            }
        }
        list.EnumerateArray().Count(item => item.GetProperty("payload").TryGetProperty("redacted", out _)).ShouldBe(6);
    }

    [Theory]
    [InlineData("redact_event", "{}", "event_id is required.")]
    [InlineData("redact_event", """{"event_id":"evt_x"}""", "reason is required.")]
    [InlineData("redact_event", """{"event_id":"evt_x","reason":"BORED"}""", "reason must be one of")]
    [InlineData("redact_event", """{"event_id":"evt_x","reason":"OTHER"}""", "the vault has no event evt_x")]
    [InlineData("rotate_key", """{"key_id":"bp1_0000000000000000"}""", "the vault has no key")]
    public async Task Bad_input_gets_a_sentence_and_changes_nothing(string operation, string arguments, string sentence)
    {
        var refused = await Vault.RefusedAsync(operation, arguments);
        refused.Failure.ShouldBe(TenantFailure.InvalidInput);
        refused.Message.ShouldContain(sentence);
        (await Vault.GetHeadAsync(default)).Count.ShouldBe(2);
    }

    private static AppendEvent Observation(string subject) =>
        new("OBSERVATION", Encoding.UTF8.GetBytes($$"""{"subject":"{{subject}}","predicate":"is","value":"{{subject}}"}"""));

    private static void CheckFiles(JsonElement manifest, Func<string, byte[]> read)
    {
        var files = manifest.GetProperty("files").EnumerateArray().ToList();
        files.Count.ShouldBe(manifest.GetProperty("file_count").GetInt32());
        foreach (var file in files)
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(read(file.GetProperty("path").GetString()!))).ShouldBe(file.GetProperty("sha256").GetString());
        files.ShouldContain(file => file.GetProperty("path").GetString() == "events/events.ndjson");
    }

    private static byte[] Bytes(ZipArchive zip, string name)
    {
        using var content = new MemoryStream();
        using var file = zip.GetEntry(name).ShouldNotBeNull().Open();
        file.CopyTo(content);
        return content.ToArray();
    }

    private static string[] Lines(ZipArchive zip, string name) => Encoding.UTF8.GetString(Bytes(zip, name)).TrimEnd('\n').Split('\n');

    private Task<AppendReceipt> AppendAsync(string subject) => Vault.AppendAsync(Observation(subject), default);

    private async Task<JsonElement> PayloadAsync(string id) =>
        (await Vault.RunAsync("get_event", $$"""{"event_id":"{{id}}"}""")).GetProperty("decrypted_payload");

    private Task<JsonElement> RedactAsync(string id, string? key = null) =>
        Vault.RunAsync("redact_event", $$"""{"event_id":"{{id}}","reason":"GDPR_ERASURE","reason_detail":"asked for"}""", key);

    private async Task<string?> SignerOfAsync(AppendReceipt receipt) =>
        (await Vault.RunAsync("get_event", $$"""{"event_id":"{{receipt.EventId}}"}""")).GetProperty("event").GetProperty("actor_key_id").GetString();
}
