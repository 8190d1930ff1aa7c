using System.Text;
using System.Text.Json;
using Granary.Testing;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Scitt;
using Granary.Vault.Proofs;
using Granary.Vault.Tests.Proofs;
using Granary.Vault.Tests.Support;
using Granary.Vault.Tests.Verification;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Evidence;

public sealed class ScittTests
{
    private static readonly string Hash = new('a', 64);

    [Fact]
    public async Task Statements_are_exported_with_all_that_proves_them()
    {
        var (memory, statement, other) = await VaultAsync();
        using var key = Fixture.Key("root");
        var head = await LooseVault.From(memory).SignHeadAsync(key);
        var files = await ReadAsync(await ScittExport.CreateAsync(memory, head, TestVault.Time, null, default));
        files.Keys.Order().ShouldBe(((string[])["index.json", "keys.json", $"statements/{statement}.json", $"statements/{other}.json", "verification_report.json"]).Order());

        var file = files[$"statements/{statement}.json"];
        file.GetProperty("statement").GetProperty("payload").GetProperty("issuer").GetString().ShouldBe("me");
        file.GetProperty("receipt").GetProperty("payload").GetProperty("transparency_service").GetString().ShouldBe("service");
        file.GetProperty("signature").GetProperty("valid").GetBoolean().ShouldBeTrue();
        file.GetProperty("chain_proof").GetProperty("valid").GetBoolean().ShouldBeTrue();
        file.GetProperty("chain_proof").GetProperty("chain_segment").GetArrayLength().ShouldBe(1);
        var merkle = file.GetProperty("merkle_proof");
        merkle.GetProperty("timestamp").GetString().ShouldBe(head.SignedAt);
        var proof = InclusionProof.Read(Encoding.UTF8.GetBytes(merkle.GetProperty("inclusion").GetRawText()));
        proof.IsFor(SignedHead.Read(Encoding.UTF8.GetBytes(merkle.GetProperty("signed_head").GetRawText()))).ShouldBeTrue();
        proof.Root.ShouldBe(merkle.GetProperty("root").GetString());

        var second = files[$"statements/{other}.json"];
        second.GetProperty("receipt").ValueKind.ShouldBe(JsonValueKind.Null);
        second.GetProperty("chain_proof").GetProperty("chain_segment").GetArrayLength().ShouldBe(3);
        files["index.json"].GetProperty("statements").EnumerateArray().Select(entry => entry.GetProperty("has_receipt").GetBoolean()).ShouldBe([true, false]);
        files["verification_report.json"].GetProperty("statements_linked").GetInt32().ShouldBe(2);
        files["verification_report.json"].GetProperty("vault").GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_broken_way_to_a_statement_is_said()
    {
        var (memory, _, other) = await VaultAsync();
        var changed = new MemoryVault();
        // The receipt between the two statements of the same actor is gone.
        changed.Events.AddRange(memory.Lines.Where(line => !new BackpackEvent(line.Span).IsType("com.ietf.scitt.receipt"u8)).Select(line => line.ToArray()));
        foreach (var (name, content) in memory.Documents)
            changed.Documents[name] = content;
        var files = await ReadAsync(await ScittExport.CreateAsync(changed, null, TestVault.Time, null, default));
        files[$"statements/{other}.json"].GetProperty("chain_proof").GetProperty("valid").GetBoolean().ShouldBeFalse();
        files["verification_report.json"].GetProperty("statements_linked").GetInt32().ShouldBe(1);
        files["verification_report.json"].GetProperty("vault").GetProperty("valid").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public void A_tree_that_keeps_all_its_nodes_proves_what_the_reader_proves()
    {
        for (var count = 1; count <= 40; count++)
        {
            var tree = new FullEventTree();
            foreach (var hash in Logs.Hashes(count))
                tree.Append(hash);
            for (var position = 0; position < count; position++)
            {
                var proof = tree.Prove(position, Logs.Hashes(count)[position]);
                proof.Path.ShouldBe(SlowTree.Path(position, Logs.Data(count)));
                proof.IsValid.ShouldBeTrue();
            }
        }
    }

    [Fact]
    public async Task What_cannot_be_exported_is_refused()
    {
        using var key = Fixture.Key("root");
        (await Should.ThrowAsync<EvidenceException>(() => ScittExport.CreateAsync(new MemoryVault(), null, TestVault.Time, null, default))).Message.ShouldContain("Backpack");
        (await Should.ThrowAsync<EvidenceException>(() => ScittExport.CreateAsync(TestBackpack.Create(), Logs.Head(key, 99), TestVault.Time, null, default))).Message.ShouldContain("99 events");
    }

    [Theory]
    [InlineData("abc", "text/plain", "s", "i", null, "statement_hash")]
    [InlineData("", "", "s", "i", null, "content_type")]
    [InlineData("", "text/plain", " ", "i", null, "subject")]
    [InlineData("", "text/plain", "s", "", null, "issuer")]
    [InlineData("", "text/plain", "s", "i", "?", "cose_envelope_b64")]
    public void A_statement_that_will_not_do_is_refused(string hash, string type, string subject, string issuer, string? envelope, string field) =>
        Should.Throw<EvidenceException>(() => ScittEvents.PrepareStatement(hash.Length == 0 ? Hash : hash, type, subject, issuer, envelope)).Message.ShouldContain(field);

    [Theory]
    [InlineData("statement", "service", "{}", null, "statement_event_id")]
    [InlineData("evt_1", "", "{}", null, "transparency_service")]
    [InlineData("evt_1", "service", "{", null, "inclusion_proof")]
    [InlineData("evt_1", "service", "{}", "?", "receipt_b64")]
    public void A_receipt_that_will_not_do_is_refused(string statement, string service, string proof, string? receipt, string field) =>
        Should.Throw<EvidenceException>(() => ScittEvents.PrepareReceipt(statement, service, Encoding.UTF8.GetBytes(proof), receipt)).Message.ShouldContain(field);

    private static async Task<(MemoryBackpack Memory, string Statement, string Other)> VaultAsync()
    {
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var statement = await AppendAsync(ScittEvents.PrepareStatement(Hash, "text/plain", "thing", "me", "AAAA"));
        await AppendAsync(ScittEvents.PrepareReceipt(statement, "service", "{\"index\":1}"u8, "AAAA"));
        var other = await AppendAsync(ScittEvents.PrepareStatement(Hash, "text/plain", "thing", "you"));
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        return (memory, statement, other);

        async Task<string> AppendAsync(PreparedBackpackEvent prepared) => (await vault.AppendAsync(prepared, TestBackpack.Time.GetUtcNow(), default)).EventId;
    }

    private static async Task<Dictionary<string, JsonElement>> ReadAsync(IReadOnlyList<EvidenceFile> files)
    {
        var read = new Dictionary<string, JsonElement>();
        foreach (var file in files)
        {
            using var stream = new MemoryStream();
            await file.WriteAsync(stream, default);
            read[file.Name] = JsonDocument.Parse(stream.ToArray()).RootElement;
        }
        return read;
    }
}
