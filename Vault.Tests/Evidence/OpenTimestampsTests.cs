using System.Net;
using System.Security.Cryptography;
using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Evidence;

/// <summary>Proofs of OpenTimestamps: its own published examples (opentimestamps-client, examples/), and a calendar of the test's.</summary>
public sealed class OpenTimestampsTests
{
    private const string Alice = "https://alice.btc.calendar.opentimestamps.org";

    /// <summary>gdp2q25-2nd.pdf.ots: a document of the US Department of Commerce in a Bitcoin block.</summary>
    private static readonly byte[] Complete = Convert.FromBase64String(
        "AE9wZW5UaW1lc3RhbXBzAABQcm9vZgC/ieLohOiSlAEIxwlyoSkItzwkB9nMaEK6KgIgOmkPMJDNKfMMRfDP2T3xYwIAAAACNTE71JgdZnkaPFuV+2vxQ/RN"
        + "/h8czDvYS6kv5zdgPxYAAAAAAP3///83p2gTClYGpmscCXzWIlTMElmD4tqhQBvJkfaDaJ5FqgAAAAAA/f///wIAAAAAAAAAACJqIPAj0loAAAAAAAAWABRD"
        + "l3KafBOqk0Nu+4ksMYw7bwcWvN3qDQAICPAgzzw8OIr2Yxk9/yM8NDxjG1U+0RCETQncte39In61nsMICPAg68bwcQyQUQuYasjGB5L14cxdsAlHObcQhzO+"
        + "v21KsbAICPAgtSXmkM5drcxSKB30q55twcuWsqF60FwTs2dNDdqng3QICPAgW1UrDoX6DElEam+1/6yXVz128HRoO3G7A951S1qipisICPEgS2nFHl/N49NQ"
        + "XnQRigjfX3/+r9YvZF9h8QKkguioyWoICPEgX41KoznMZPU8VfQjJW42hNsiKGQE5c19DOXEq347QVUICPAgvfbt1B3tAU1H49b1Sm5efJhN/1wjPeBtIwBw"
        + "zus+yYMICPEg5dqmZ9ra0Rl/rcx3LZmws2EOrLE6s0Ib2Ni/1iTuoKQICPEg+fFVnN/woD6FeYcCQVgwW0vdwZy8qt52reIkAFQPzVcICPAgyQWo6q3Ozcus"
        + "NtFzd/iavdL4Crc5g5peTAh89r7iD6oICPAghd3TGA2Nw0wmtfekeRXk/Lwir4LALaNzCP/8ni/PyOYICPAguDrO7lkYnyEN88VTqKWERnco4K6LCyphvjgD"
        + "uItvMmQICAAFiJYNc9cZAQPf1Tc=");

    /// <summary>incomplete.txt.ots: a promise.</summary>
    private static readonly byte[] Incomplete = Convert.FromBase64String(
        "AE9wZW5UaW1lc3RhbXBzAABQcm9vZgC/ieLohOiSlAEIBcT2FqjlMQ0Z2TjP12mGTX9MzcLKi0ebEK+DVksJevnwEOdUv5OAan66poDve9ARS/QI8BC1c+iF"
        + "DP2eY9HwQ/u2/CUOCPEEV8+lxPAIb7GsjU5OsOcAg9/jDS75DI4uLWh0dHBzOi8vYWxpY2UuYnRjLmNhbGVuZGFyLm9wZW50aW1lc3RhbXBzLm9yZw==");

    /// <summary>What a calendar answers once a block holds a commitment: its SHA-256 is the Merkle root of block 358391.</summary>
    private static readonly byte[] Kept = Convert.FromHexString("08000588960d73d7190103f7ef15");

    [Fact]
    public void A_published_proof_leads_to_the_Merkle_root_of_its_block()
    {
        var proof = OpenTimestampsProof.Read(Complete);
        Convert.ToHexStringLower(proof.Digest.Span).ShouldBe("c70972a12908b73c2407d9cc6842ba2a02203a690f3090cd29f30c45f0cfd93d");
        var end = proof.Ends.ShouldHaveSingleItem();
        (end.Height, end.MerkleRoot, proof.IsComplete).ShouldBe((912095, "936131994129988e1932d8c1c6a9780fd42ae4c87204cfb0ac852be1250039ae", true));
        proof.Write().ShouldBe(Complete);
    }

    [Fact]
    public void A_published_promise_names_its_calendar_and_becomes_a_proof_with_the_calendars_answer()
    {
        var proof = OpenTimestampsProof.Read(Incomplete);
        var promise = proof.Open.ShouldHaveSingleItem();
        (promise.Calendar, proof.IsComplete).ShouldBe((Alice, false));
        Convert.ToHexStringLower(promise.Commitment.Span).ShouldBe(Turned("e7b04e4e8dacb16fc612d79ec7a61f3f1c73c6d4308f67c1fcd80881c539e4bc9535e8d99bdf1667c4a5cf57"));
        var complete = OpenTimestampsProof.Read(proof.With(promise, Kept).Write());
        var end = complete.Ends.ShouldHaveSingleItem();
        (end.Height, Convert.ToHexStringLower(end.Commitment.Span)).ShouldBe((358391, Convert.ToHexStringLower(SHA256.HashData(promise.Commitment.Span))));
    }

    [Fact]
    public void What_is_cut_off_or_changed_is_no_proof()
    {
        for (var length = 0; length < Complete.Length; length++)
            Should.Throw<FormatException>(() => OpenTimestampsProof.Read(Complete.AsSpan(0, length)));
        Refused([.. Complete, 0], "behind the proof");
        Refused([.. Complete.AsSpan(0, 31), 2, .. Complete.AsSpan(32)], "version 1");
        Refused([.. Complete.AsSpan(0, 65), 3, .. Complete.AsSpan(66)], "0x03");
        Refused([.. Incomplete.AsSpan(0, 65), .. Enumerable.Repeat((byte)8, 300)], "nested too deeply");
        Refused([.. Incomplete.AsSpan(0, 65), 0xf0, 0], "empty argument");
        Refused([.. Incomplete.AsSpan(0, 65), 0xf0, 0xff, 0xff, 0x7f], "longer than 4096");
        Refused([.. Incomplete.AsSpan(0, 65), 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], "too large");
        Refused([.. Incomplete.AsSpan(0, 65), .. Convert.FromHexString("000588960d73d7190104f7ef1500")], "longer than what it says");
    }

    [Fact]
    public async Task A_calendar_is_asked_and_asked_again_until_it_has_kept_its_promise()
    {
        var root = Incomplete.AsMemory(33, 32);
        byte[]? kept = null;
        using var client = new HttpClient(new Handler(async request => (request.Method.Method, request.RequestUri!.ToString()) switch
        {
            ("POST", Alice + "/digest") => Answer(await request.Content!.ReadAsByteArrayAsync(), root.Span.ToArray(), Incomplete[65..]),
            ("GET", Alice + "/timestamp/57cfa5c46716df9bd9e83595bce439c58108d8fcc1678f30d4c6731c3f1fa6c79ed712c66fb1ac8d4e4eb0e7") =>
                kept is null ? new HttpResponseMessage(HttpStatusCode.NotFound) : new HttpResponseMessage { Content = new ByteArrayContent(kept) },
            _ => new HttpResponseMessage(HttpStatusCode.BadRequest),
        }));
        var stamper = new CalendarStamper(client, new Uri(Alice));
        var evidence = await stamper.StampAsync(root, default);
        evidence.ShouldBe(Incomplete);
        (await stamper.CompleteAsync(evidence, default)).ShouldBeNull();
        // What is still a promise replaces nothing.
        kept = Incomplete[65..];
        (await stamper.CompleteAsync(evidence, default)).ShouldBeNull();
        kept = Kept;
        OpenTimestampsProof.Read(await stamper.CompleteAsync(evidence, default)).IsComplete.ShouldBeTrue();
        kept = [1, 2, 3];
        (await Should.ThrowAsync<EvidenceException>(() => stamper.CompleteAsync(evidence, default))).Message.ShouldContain("no proof of this root");
        // Another calendar's promise is not looked up, wherever it says it can be.
        (await new CalendarStamper(client, new Uri("https://other.example")).CompleteAsync(evidence, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_calendar_that_fails_says_how()
    {
        await RefusedAsync(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable), "status 503");
        await RefusedAsync(_ => new HttpResponseMessage(HttpStatusCode.NotFound), "takes no digests");
        await RefusedAsync(_ => new HttpResponseMessage { Content = new ByteArrayContent(new byte[OpenTimestampsProof.MaxAnswer + 1]) }, "more than 10000 bytes");
        await RefusedAsync(_ => new HttpResponseMessage { Content = new StringContent("<html>") }, "no proof of this root");
        await RefusedAsync(_ => throw new HttpRequestException("no route"), "cannot be reached: no route");
        await RefusedAsync(_ => throw new TaskCanceledException("The time is up."), "did not answer in time");
    }

    [Fact]
    public async Task A_log_is_held_against_its_proof_and_the_proof_against_its_block()
    {
        var memory = TestBackpack.Create();
        await using (var vault = await TestBackpack.OpenAsync(memory))
            await TestBackpack.NoteAsync(vault, "one");
        var report = await VaultVerifier.RunAsync(memory, new VerificationOptions(), null, default);
        var root = Convert.FromHexString(report.Root!);
        var (promised, kept) = (OpenTimestampsProof.Of(root, Incomplete.AsSpan(65)), OpenTimestampsProof.Of(root, Kept));
        var stamp = new HeadStamp(HeadStamp.OpenTimestamps, Alice, report.Head.Count, report.Root!, DateTimeOffset.UnixEpoch, promised.Write());
        (await HeadAsync(memory, stamp)).Summary.ShouldContain("promised by a calendar");
        stamp = stamp with { Evidence = kept.Write() };
        var merkle = kept.Ends.Single().MerkleRoot;
        (await HeadAsync(memory, stamp)).Summary.ShouldContain($"Bitcoin block 358391 (if its Merkle root is {merkle}");
        (await HeadAsync(memory, stamp, merkle)).ShouldSatisfyAllConditions(head => head.Errors.ShouldBe(0), head => head.Summary.ShouldContain("as given"));
        (await HeadAsync(memory, stamp, new string('a', 64))).Errors.ShouldBe(1);
        (await HeadAsync(memory, stamp with { Evidence = Complete })).Errors.ShouldBe(1);
        (await HeadAsync(memory, stamp with { Evidence = new byte[3] })).Errors.ShouldBe(1);
    }

    private static async Task<CheckSummary> HeadAsync(Support.MemoryBackpack memory, HeadStamp stamp, string? block = null)
    {
        var options = new VerificationOptions { Stamps = [stamp], BitcoinBlocks = block is null ? new Dictionary<long, string>() : new() { [358391] = block } };
        return (await VaultVerifier.RunAsync(memory, options, null, default)).Checks.Single(check => check.Name == "head");
    }

    private static HttpResponseMessage Answer(byte[] asked, byte[] expected, byte[] answer)
    {
        asked.ShouldBe(expected);
        return new HttpResponseMessage { Content = new ByteArrayContent(answer) };
    }

    private static async Task RefusedAsync(Func<HttpRequestMessage, HttpResponseMessage> answer, string reason)
    {
        using var client = new HttpClient(new Handler(request => Task.FromResult(answer(request))));
        (await Should.ThrowAsync<EvidenceException>(() => new CalendarStamper(client, new Uri(Alice)).StampAsync(new byte[32], default))).Message.ShouldContain(reason);
    }

    private static void Refused(byte[] file, string reason) => Should.Throw<FormatException>(() => OpenTimestampsProof.Read(file)).Message.ShouldContain(reason);

    private static string Turned(string hex) => Convert.ToHexStringLower([.. Convert.FromHexString(hex).Reverse()]);

    private sealed class Handler(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request);
    }
}
