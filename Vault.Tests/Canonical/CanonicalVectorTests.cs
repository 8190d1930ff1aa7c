using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Testing;
using Granary.Vault.Canonical;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Canonical;

public sealed class CanonicalVectorTests
{
    public static TheoryData<string> Accepted => Ids("vectors");

    public static TheoryData<string> Rejected => Ids("rejected");

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Extra_vectors_give_the_expected_bytes(string id)
    {
        var vector = Find("vectors", id);
        var canonical = CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(vector.GetProperty("input_json_text").GetString()!));
        Convert.ToHexStringLower(canonical).ShouldBe(vector.GetProperty("expected_hex").GetString());
        Convert.ToHexStringLower(SHA256.HashData(canonical)).ShouldBe(vector.GetProperty("sha256").GetString());
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public void Extra_rejected_inputs_are_rejected(string id)
    {
        var text = Encoding.UTF8.GetBytes(Find("rejected", id).GetProperty("input_json_text").GetString()!);
        Should.Throw<CanonicalJsonException>(() => CanonicalJson.Canonicalize(text)).Offset.ShouldBe(id == "lone_surrogate" ? 6 : 5);
    }

    [SharedFact]
    public void Upstream_conformance_vectors_give_the_expected_bytes()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.PathOf("upstream/test_vectors/canonical_conformance.json")));
        var vectors = document.RootElement.GetProperty("vectors").EnumerateArray().ToList();
        vectors.Count.ShouldBe(12);
        foreach (var vector in vectors)
        {
            var input = Encoding.UTF8.GetBytes(vector.GetProperty("input").GetRawText());
            Convert.ToHexStringLower(CanonicalJson.Canonicalize(input))
                .ShouldBe(vector.GetProperty("expected_hex").GetString(), vector.GetProperty("id").GetString());
        }
    }

    private static TheoryData<string> Ids(string list) =>
        [.. Fixture.Json("extra/canonical-extra.json").GetProperty(list).EnumerateArray().Select(vector => vector.GetProperty("id").GetString()!)];

    private static JsonElement Find(string list, string id) =>
        Fixture.Json("extra/canonical-extra.json").GetProperty(list).EnumerateArray().Single(vector => vector.GetProperty("id").GetString() == id);
}
