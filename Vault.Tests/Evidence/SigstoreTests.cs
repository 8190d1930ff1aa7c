using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Testing;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;

namespace Granary.Vault.Tests.Evidence;

/// <summary>Stamps by Rekor and Sigstore's own programs: @sigstore/mock takes our entries, and @sigstore/verify judges what we keep of them.</summary>
public sealed class SigstoreTests : IDisposable
{
    private readonly HttpClient _client = new();

    /// <summary>The topmost node of an event tree: its SHA-256 is the root, and so what an entry is of.</summary>
    private readonly byte[] _node;
    private readonly byte[] _root;

    public SigstoreTests()
    {
        var (first, second) = (new string('a', 64), new string('b', 64));
        var tree = new EventTree();
        tree.Append(first);
        tree.Append(second);
        _root = Convert.FromHexString(tree.Root());
        _node = [1, .. SlowTree.Root([Encoding.ASCII.GetBytes(first)]), .. SlowTree.Root([Encoding.ASCII.GetBytes(second)])];
    }

    public void Dispose() => _client.Dispose();

    [SigstoreFact]
    public async Task Sigstores_log_takes_an_entry_and_its_verifier_accepts_what_is_kept_of_it()
    {
        await using var log = await SigstoreRekor.StartAsync();
        var keys = P256PublicKey.ReadPem(log.PublicKey);
        var evidence = await new RekorStamper(_client, log.Address, keys, TimeProvider.System).StampAsync(_root, default);
        RekorEntry.Read(evidence).Problem(_root, keys).ShouldBeNull();
        (await SigstoreTools.VerifyAsync(evidence, _node, log.Address, log.PublicKey)).ShouldBe("accepted");
        (await SigstoreTools.VerifyAsync(evidence, [.. _node, 0], log.Address, log.PublicKey)).ShouldContain("TLOG_BODY_ERROR");
        await using var stranger = await SigstoreRekor.StartAsync();
        (await SigstoreTools.VerifyAsync(evidence, _node, stranger.Address, stranger.PublicKey)).ShouldContain("TLOG_INCLUSION_PROMISE_ERROR");
        RekorEntry.Read(evidence).Problem(_root, P256PublicKey.ReadPem(stranger.PublicKey)).ShouldNotBeNull();
    }

    [SigstoreFact]
    public async Task Sigstores_verifier_and_ours_agree_about_a_log_of_several_entries_and_about_what_is_changed()
    {
        await using var log = await TestRekor.StartAsync();
        // The verifier compares the name in the note with the address that it has of the log.
        var address = new Uri("https://rekor.test");
        var keys = P256PublicKey.ReadPem(log.PublicKey);
        var stamper = new RekorStamper(_client, log.Address, keys, TimeProvider.System);
        for (var count = 6; count < 10; count++)
            (await SigstoreTools.VerifyAsync(await stamper.StampAsync(_root, default), _node, address, log.PublicKey)).ShouldBe("accepted", $"{count} entries");
        var evidence = await stamper.StampAsync(_root, default);
        foreach (var change in (Action<JsonNode>[])
            [
                entry => entry["integratedTime"] = "1700000000",
                entry => entry["logIndex"] = "1",
                entry => entry["inclusionProof"]!["logIndex"] = "1",
                entry => entry["inclusionProof"]!["hashes"]![0] = Convert.ToBase64String(SHA256.HashData([])),
                entry => entry["inclusionProof"]!["hashes"]!.AsArray().RemoveAt(0),
                entry => entry["inclusionProof"]!["checkpoint"]!["envelope"] = log.Checkpoint(log.Count, log.Root(log.Count - 1)),
                entry => entry["inclusionPromise"]!["signedEntryTimestamp"] = Convert.ToBase64String(log.Sign("else")),
                entry => entry["kindVersion"]!["version"] = "0.0.2",
            ])
        {
            var entry = JsonNode.Parse(evidence)!;
            change(entry);
            var changed = Encoding.UTF8.GetBytes(entry.ToJsonString());
            (await SigstoreTools.VerifyAsync(changed, _node, address, log.PublicKey)).ShouldNotBe("accepted");
            new HeadStamp(HeadStamp.Rekor, "", 2, Convert.ToHexStringLower(_root), DateTimeOffset.UnixEpoch, changed).Problem(null, keys).ShouldNotBeNull();
        }
    }
}
