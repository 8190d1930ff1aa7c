using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;
using Granary.Testing;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Timestamps;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using TestBackpack = Granary.Vault.Tests.Backpack.TestBackpack;

namespace Granary.Vault.Tests.Evidence;

public sealed class TimestampTests
{
    private static readonly byte[] Hash = SHA256.HashData("content"u8);

    [Fact]
    public async Task An_authority_is_asked_and_its_token_holds()
    {
        using var authority = new TestAuthority();
        var token = await TimestampToken.RequestAsync(authority, Hash, default);
        var read = TimestampToken.Read(token.Encode());
        read.Time.ShouldBe(TestAuthority.Time);
        read.Policy.ShouldBe("1.2.3.4");
        read.Serial.ShouldBe("1267");
        read.Signer.ShouldBe("CN=Test Authority");
        read.Hash.ToArray().ShouldBe(Hash);
        read.Problem(Hash).ShouldBeNull();
        read.Problem(Hash, [authority.Certificate]).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_that_does_not_hold_says_why()
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority();
        var token = await TimestampToken.RequestAsync(authority, Hash, default);
        token.Problem(SHA256.HashData("other"u8)).ShouldNotBeNull().ShouldContain("another hash");
        token.Problem(Hash, [other.Certificate]).ShouldNotBeNull().ShouldContain("not of a trusted authority");
        var der = token.Encode();
        der[^1] ^= 1;
        Should.Throw<FormatException>(() => TimestampToken.Read(der)).Message.ShouldContain("does not fit together");
    }

    [Fact]
    public async Task An_answer_that_is_not_one_to_the_request_is_refused()
    {
        using var authority = new TestAuthority();
        authority.Change = _ => TestAuthority.Refusal();
        await RefusedAsync(authority, "not one to this request");
        authority.Change = _ => "garbage"u8.ToArray();
        await RefusedAsync(authority, "not one to this request");
        authority.Change = _ => authority.Answer(Rfc3161TimestampRequest.CreateFromHash(Hash, HashAlgorithmName.SHA256, nonce: new byte[] { 1, 2, 3, 4 }));
        await RefusedAsync(authority, "not one to this request");
        await RefusedAsync(NoTimestampAuthority.Instance, "No timestamp authority is configured");
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("30053003020102")]
    [InlineData("30030201ff")]
    public void What_is_no_token_is_refused(string hex) => Should.Throw<FormatException>(() => TimestampToken.Read(Convert.FromHexString(hex)));

    [Fact]
    public void A_refusal_says_its_status() =>
        Should.Throw<FormatException>(() => TimestampToken.Read(TestAuthority.Refusal())).Message.ShouldContain("status 2");

    [Fact]
    public async Task An_events_token_is_a_document_and_all_of_them_are_checked()
    {
        using var authority = new TestAuthority();
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var first = await TestBackpack.NoteAsync(vault, "one");
        var second = await TestBackpack.NoteAsync(vault, "two");
        var document = await EventTimestamps.RequestAsync(memory, first.EventId, authority, default);
        document.Name.ShouldBe($"timestamps/{first.EventId}.tst");
        memory.Documents[document.Name] = document.Content.ToArray();
        memory.Documents[EventTimestamps.NameOf(second.EventId)] = document.Content.ToArray();
        memory.Documents["timestamps/evt_none.tst"] = document.Content.ToArray();
        memory.Documents["timestamps/evt_torn.tst"] = [1, 2, 3];
        memory.Documents["timestamps/readme.txt"] = [];

        var checks = (await EventTimestamps.CheckAsync(memory, [authority.Certificate], default)).ToDictionary(check => check.EventId);
        checks.Count.ShouldBe(4);
        checks[first.EventId].ShouldBe(new TimestampCheck(first.EventId, TestAuthority.Time, "CN=Test Authority", null));
        checks[second.EventId].Problem.ShouldNotBeNull().ShouldContain("another hash");
        checks["evt_none"].Problem.ShouldNotBeNull().ShouldContain("no event of that id");
        checks["evt_torn"].Problem.ShouldNotBeNull().ShouldContain("not an RFC 3161");
        (await Should.ThrowAsync<EvidenceException>(() => EventTimestamps.RequestAsync(memory, "evt_none", authority, default))).Message.ShouldContain("no event evt_none");
    }

    [Fact]
    public async Task A_state_anchor_goes_into_the_log_and_holds()
    {
        using var authority = new TestAuthority();
        var memory = TestBackpack.Create();
        await using var vault = await TestBackpack.OpenAsync(memory);
        var state = Convert.ToHexStringLower(Hash);
        var anchor = await StateAnchor.RequestAsync(state, authority, default);
        await vault.AppendAsync(anchor.ToEvent(), TestBackpack.Time.GetUtcNow(), default);
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        (await VaultVerifier.RunAsync(memory, new VerificationOptions(), null, default)).Valid.ShouldBeTrue();

        var line = memory.Lines[^1];
        Encoding.UTF8.GetString(line.Span).ShouldContain("\"confidence\":1.0,\"predicate\":\"anchored_to_tsa\"");
        var read = StateAnchor.From(new BackpackEvent(line.Span)).ShouldNotBeNull();
        read.StateHash.ShouldBe(state);
        read.Authority.ShouldBe("http://tsa.example/tsr");
        read.Problem([authority.Certificate]).ShouldBeNull();
        (read with { StateHash = (state[0] == '0' ? "1" : "0") + state[1..] }).Problem().ShouldNotBeNull().ShouldContain("another hash");
        (read with { StateHash = "x" }).Problem().ShouldNotBeNull().ShouldContain("64 lower-case");
        (read with { Response = default }).Problem().ShouldNotBeNull().ShouldContain("not an RFC 3161");
        StateAnchor.From(new BackpackEvent(memory.Lines[0].Span)).ShouldBeNull();
        (await Should.ThrowAsync<EvidenceException>(() => StateAnchor.RequestAsync("x", authority, default))).Message.ShouldContain("state_hash");
    }

    [Fact]
    public async Task An_authority_over_http_gets_the_query_and_gives_the_reply()
    {
        using var authority = new TestAuthority();
        var token = await TimestampToken.RequestAsync(Http(async request =>
        {
            request.Method.ShouldBe(HttpMethod.Post);
            request.Content!.Headers.ContentType!.MediaType.ShouldBe("application/timestamp-query");
            return new HttpResponseMessage { Content = new ByteArrayContent(await authority.AskAsync(await request.Content.ReadAsByteArrayAsync(), default)) };
        }), Hash, default);
        token.Problem(Hash).ShouldBeNull();
    }

    [Fact]
    public async Task An_authority_over_http_that_fails_says_how()
    {
        await RefusedAsync(Http(_ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.Forbidden))), "status 403");
        await RefusedAsync(Http(_ => Task.FromResult(new HttpResponseMessage { Content = new ByteArrayContent(new byte[300_000]) })), "more than 262144 bytes");
        await RefusedAsync(Http(_ => throw new HttpRequestException("no route")), "cannot be reached: no route");
    }

    private static async Task RefusedAsync(ITimestampAuthority authority, string reason) =>
        (await Should.ThrowAsync<EvidenceException>(() => TimestampToken.RequestAsync(authority, Hash, default))).Message.ShouldContain(reason);

    [Fact]
    public async Task An_authority_that_does_not_answer_in_time_is_a_sentence()
    {
        using var client = new HttpClient(new Handler(_ => throw new TaskCanceledException("The time is up.", new TimeoutException())));
        var silent = new HttpTimestampAuthority(client, new Uri("http://tsa.example/tsr"));
        (await Should.ThrowAsync<EvidenceException>(() => silent.AskAsync(new byte[1], default))).Message.ShouldContain("did not answer in time");
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => silent.AskAsync(new byte[1], gone.Token));
    }

    private static HttpTimestampAuthority Http(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) =>
        new(new HttpClient(new Handler(answer)), new Uri("http://tsa.example/"));

    private sealed class Handler(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request);
    }
}
