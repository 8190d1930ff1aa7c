using System.Text;
using Granary.Vault.Evidence.Sigstore;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Evidence;

public sealed class SigstoreAnchorTests
{
    private static readonly string Good = $$$"""
        {"format":"provara-sigstore-anchor-v1","event_id":null,"merkle_root":"{{{new string('a', 64)}}}","vault_event_count":8,
        "anchor_timestamp":"2026-01-05T09:00:00+00:00","log_index":42,"log_id":"x","integrated_time":1767603600,
        "verification_url":"https://search.example/42","sigstore_bundle":{"any":"thing"}}
        """;

    [Fact]
    public async Task Anchors_of_a_vault_are_read()
    {
        var vault = new MemoryVault();
        vault.Documents["anchors/20260105T090000Z_42.json"] = Encoding.UTF8.GetBytes(Good);
        vault.Documents["anchors/note.txt"] = [];
        var anchor = (await SigstoreAnchor.ReadAllAsync(vault, default)).ShouldHaveSingleItem();
        anchor.Problems.ShouldBeEmpty();
        anchor.Name.ShouldBe("anchors/20260105T090000Z_42.json");
        anchor.EventId.ShouldBeNull();
        anchor.MerkleRoot.ShouldBe(new string('a', 64));
        anchor.EventCount.ShouldBe(8);
        anchor.LogIndex.ShouldBe(42);
        anchor.AnchoredAt.ShouldBe("2026-01-05T09:00:00+00:00");
    }

    [Theory]
    [InlineData("provara-sigstore-anchor-v1", "v2", "format")]
    [InlineData("aaaa\"", "AAAA\"", "merkle_root")]
    [InlineData("\"vault_event_count\":8", "\"vault_event_count\":-8", "vault_event_count")]
    [InlineData("\"log_index\":42", "\"log_index\":\"42\"", "log_index")]
    [InlineData("\"log_id\":\"x\"", "\"log_id\":7", "log_id")]
    [InlineData("integrated_time", "time", "integrated_time")]
    [InlineData("sigstore_bundle", "bundle", "sigstore_bundle")]
    public void What_is_wrong_with_a_shape_is_named(string part, string other, string member) =>
        SigstoreAnchor.Read("a", Encoding.UTF8.GetBytes(Good.Replace(part, other))).Problems.ShouldHaveSingleItem().ShouldStartWith(member);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    public void What_is_no_object_is_an_anchor_with_a_problem(string json) =>
        SigstoreAnchor.Read("a", Encoding.UTF8.GetBytes(json)).Problems.ShouldBe(["It is not a JSON object."]);
}
