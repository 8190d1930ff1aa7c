using System.Text;
using System.Text.Json.Nodes;
using Granary.Testing;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Keys;

namespace Granary.Vault.Tests.Evidence;

/// <summary>Evidence from Rekor logs, checked without the log: a published entry, and what is wrong in each way.</summary>
public sealed class RekorEntryTests
{
    private static readonly byte[] Root = Convert.FromHexString(PublishedRekorEntry.Digest);

    [Fact]
    public void A_published_entry_holds_for_its_digest_and_its_log_and_for_no_other()
    {
        var entry = RekorEntry.Of(PublishedRekorEntry.Answer);
        (entry.LogIndex, entry.LogId).ShouldBe((18624203, "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d"));
        entry.Time.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1682131706));
        entry.Problem(Root, PublishedRekorEntry.Keys).ShouldBeNull();
        entry.Problem(Root, null).ShouldBeNull();
        entry.Problem(new byte[32], PublishedRekorEntry.Keys).ShouldNotBeNull().ShouldContain("another digest");
        entry.Problem(Root, []).ShouldNotBeNull().ShouldContain("not one of those to trust");
        var stamp = new HeadStamp(HeadStamp.Rekor, "https://rekor.sigstore.dev/", 1, PublishedRekorEntry.Digest, DateTimeOffset.UnixEpoch, entry.Write());
        (stamp.Problem(null, PublishedRekorEntry.Keys), stamp.Time).ShouldBe((null, entry.Time));
    }

    [Fact]
    public void Evidence_is_an_entry_as_bundles_of_Sigstore_have_it()
    {
        var json = JsonNode.Parse(PublishedRekorEntry.Evidence)!.AsObject();
        json.Select(member => member.Key).ShouldBe(["logIndex", "logId", "kindVersion", "integratedTime", "inclusionPromise", "inclusionProof", "canonicalizedBody"]);
        ((string)json["logIndex"]!, (string)json["integratedTime"]!, (string)json["logId"]!["keyId"]!).ShouldBe(("18624203", "1682131706", "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0="));
        json["kindVersion"]!.ToJsonString().ShouldBe("""{"kind":"hashedrekord","version":"0.0.1"}""");
        json["inclusionProof"]!["hashes"]!.AsArray().Count.ShouldBe(19);
        RekorEntry.Read(PublishedRekorEntry.Evidence).Write().ShouldBe(PublishedRekorEntry.Evidence);
    }

    [Fact]
    public void Each_byte_that_is_changed_is_refused_or_means_the_same()
    {
        var evidence = PublishedRekorEntry.Evidence;
        Parallel.For(0, evidence.Length, at =>
        {
            foreach (var other in (byte[])[(byte)(evidence[at] ^ 1), (byte)(evidence[at] ^ 0x20), (byte)'0', (byte)' '])
            {
                if (other == evidence[at])
                    continue;
                byte[] changed = [.. evidence[..at], other, .. evidence[(at + 1)..]];
                if (Holds(changed))
                    RekorEntry.Read(changed).Write().ShouldBe(evidence, $"byte {at} as {other}");
            }
        });
    }

    [Fact]
    public void What_is_cut_off_is_refused()
    {
        var evidence = PublishedRekorEntry.Evidence;
        for (var length = 0; length < evidence.Length; length++)
            Holds(evidence[..length]).ShouldBeFalse();
        Holds([.. evidence, (byte)'}']).ShouldBeFalse();
    }

    [Theory]
    [InlineData("logIndex", "-1", "index outside")]
    [InlineData("logIndex", "18624204", "signature of the Rekor entry and its time")]
    [InlineData("logIndex", "99999999999999999999", "not a Rekor entry in JSON")]
    [InlineData("integratedTime", "1682131707", "signature of the Rekor entry and its time")]
    [InlineData("integratedTime", "-1", "no time")]
    [InlineData("integratedTime", "9223372036854775807", "no time")]
    [InlineData("logId.keyId", "AAAA", "32 bytes")]
    [InlineData("logId.keyId", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "not one of those to trust")]
    [InlineData("kindVersion.kind", "dsse", "of the type dsse")]
    [InlineData("kindVersion.version", "0.0.2", "of the type hashedrekord 0.0.2")]
    [InlineData("inclusionProof.logIndex", "-1", "index outside")]
    [InlineData("inclusionProof.logIndex", "14461401", "index outside")]
    [InlineData("inclusionProof.logIndex", "14460773", "does not lead to the root")]
    [InlineData("inclusionProof.treeSize", "14461402", "another tree")]
    [InlineData("inclusionProof.treeSize", "0", "index outside")]
    [InlineData("inclusionProof.rootHash", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "another tree")]
    [InlineData("inclusionProof.checkpoint.envelope", "no note", "signed note")]
    [InlineData("inclusionPromise.signedEntryTimestamp", "", "signature of the Rekor entry and its time")]
    [InlineData("canonicalizedBody", "e30=", "body is not one of")]
    [InlineData("canonicalizedBody", "bnVsbA==", "no body")]
    public void Evidence_that_says_something_else_is_refused(string member, string value, string problem)
    {
        var json = JsonNode.Parse(PublishedRekorEntry.Evidence)!;
        var names = member.Split('.');
        var parent = names[..^1].Aggregate(json, (node, name) => node[name]!);
        parent[names[^1]] = value;
        Said(Encoding.UTF8.GetBytes(json.ToJsonString())).ShouldNotBeNull().ShouldContain(problem);
        parent[names[^1]] = null;
        Said(Encoding.UTF8.GetBytes(json.ToJsonString())).ShouldNotBeNull();
        parent.AsObject().Remove(names[^1]);
        Said(Encoding.UTF8.GetBytes(json.ToJsonString())).ShouldNotBeNull();
    }

    [Fact]
    public void Evidence_that_has_more_than_it_should_is_refused()
    {
        var evidence = Encoding.UTF8.GetString(PublishedRekorEntry.Evidence);
        var hash = $"\"{Convert.ToBase64String(new byte[32])}\",";
        With("\"hashes\":[", hash).ShouldNotBeNull().ShouldContain("does not lead");
        With("\"hashes\":[", string.Concat(Enumerable.Repeat(hash, 60))).ShouldNotBeNull().ShouldContain("too long");
        With("\"hashes\":[", "null,").ShouldNotBeNull().ShouldContain("32 bytes");
        With("{", "\"logIndex\":\"1\",").ShouldNotBeNull();
        With("{", "\"more\":1,").ShouldNotBeNull();
        Said(new byte[RekorEntry.MaxBytes + 1]).ShouldNotBeNull().ShouldContain("at most");

        string? With(string place, string more) => Said(Encoding.UTF8.GetBytes(evidence.Insert(evidence.IndexOf(place, StringComparison.Ordinal) + place.Length, more)));
    }

    [Fact]
    public void Only_keys_on_P256_are_read_and_what_is_beside_them_in_a_file_is_skipped()
    {
        using var authority = new TestAuthority();
        var file = $"{authority.Certificate.ExportCertificatePem()}\n{PublishedRekorEntry.PublicKey}\n";
        P256PublicKey.ReadPem(file).ShouldHaveSingleItem().Id.ShouldBe("c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d");
        P256PublicKey.ReadPem("").ShouldBeEmpty();
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        Should.Throw<FormatException>(() => P256PublicKey.ReadPem(other.ExportSubjectPublicKeyInfoPem())).Message.ShouldContain("P-256");
        Should.Throw<FormatException>(() => P256PublicKey.ReadPem(PublishedRekorEntry.PublicKey.Replace("RYtw==", "RYtg=="))).Message.ShouldContain("P-256");
    }

    private static bool Holds(byte[] evidence) => Said(evidence) is null;

    private static string? Said(byte[] evidence) =>
        new HeadStamp(HeadStamp.Rekor, "https://rekor.sigstore.dev/", 1, PublishedRekorEntry.Digest, DateTimeOffset.UnixEpoch, evidence).Problem(null, PublishedRekorEntry.Keys);
}
