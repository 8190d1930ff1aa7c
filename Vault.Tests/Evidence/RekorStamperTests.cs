using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Testing;
using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Vault.Tests.Evidence;

/// <summary>A Rekor log is asked over HTTP, and answers as it should or in each way that it should not.</summary>
public sealed class RekorStamperTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private readonly byte[] _root = SHA256.HashData("events"u8);
    private readonly FakeTimeProvider _time = new(Now);
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private TestRekor _log = null!;

    private IReadOnlyList<P256PublicKey> Keys => P256PublicKey.ReadPem(_log.PublicKey);

    private RekorStamper Stamper => new(_client, _log.Address, Keys, _time);

    public async Task InitializeAsync() => _log = await TestRekor.StartAsync(_time);

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _log.DisposeAsync();
    }

    [Fact]
    public async Task A_root_becomes_an_entry_of_the_log_that_holds_without_it()
    {
        foreach (var count in Enumerable.Range(6, 12))
        {
            var root = SHA256.HashData([(byte)count]);
            var stamp = Stamp(root, await Stamper.StampAsync(root, default));
            _log.Count.ShouldBe(count);
            (stamp.Kind, stamp.Authority, stamp.Time).ShouldBe(("rekor", _log.Address.ToString(), Now));
            stamp.Problem(null, Keys).ShouldBeNull();
            stamp.Problem().ShouldBeNull();
            (stamp with { Root = new string('a', 64) }).Problem(null, Keys).ShouldNotBeNull().ShouldContain("another digest");
            stamp.Problem(null, PublishedRekorEntry.Keys).ShouldNotBeNull().ShouldContain("not one of those to trust");
        }
    }

    [Fact]
    public async Task Each_entry_has_a_key_of_its_own()
    {
        var keys = new HashSet<string>();
        _log.Change = entry => keys.Add((string)JsonNode.Parse(Convert.FromBase64String((string)entry["body"]!))!["spec"]!["signature"]!["publicKey"]!["content"]!);
        await Stamper.StampAsync(_root, default);
        await Stamper.StampAsync(_root, default);
        keys.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_the_log_says_falsely_is_refused()
    {
        var other = SHA256.HashData("other"u8);
        byte[] kept = [];
        _log.Change = entry => kept = Encoding.UTF8.GetBytes(new JsonObject { ["id"] = entry.DeepClone() }.ToJsonString());
        await Stamper.StampAsync(other, default);
        await RefusedAsync(context => Answer(context, 201, kept), "another digest");
        _log.Instead = null;
        await RefusedAsync(entry => entry["verification"]!["signedEntryTimestamp"] = Convert.ToBase64String(_log.Sign("else")), "signature of the Rekor entry and its time");
        await RefusedAsync(entry => entry["logID"] = new string('a', 64), "not one of those to trust");
        await RefusedAsync(entry => entry["logID"] = "nonsense", "no entry of it");
        await RefusedAsync(entry => entry["logIndex"] = -1, "index outside");
        await RefusedAsync(entry => entry["logIndex"] = 7, "signature of the Rekor entry and its time");
        await RefusedAsync(entry => entry["integratedTime"] = 1, "signature of the Rekor entry and its time");
        await RefusedAsync(entry => entry["body"] = Convert.ToBase64String("{}"u8), "body is not one of");
        await RefusedAsync(entry => Proof(entry)["logIndex"] = -1, "index outside");
        await RefusedAsync(entry => Proof(entry)["logIndex"] = long.MaxValue, "index outside");
        await RefusedAsync(entry => Proof(entry)["treeSize"] = _log.Count + 1, "another tree");
        await RefusedAsync(entry => Proof(entry)["hashes"]!.AsArray().RemoveAt(0), "does not lead");
        await RefusedAsync(entry => Proof(entry)["hashes"]!.AsArray().Add("aa"), "32 bytes");
        await RefusedAsync(entry => Proof(entry)["hashes"]!.AsArray().Add(null), "32 bytes");
        await RefusedAsync(entry => Proof(entry)["checkpoint"] = "", "signed note");
        await RefusedAsync(entry => entry["verification"]!.AsObject().Remove("inclusionProof"), "no entry of it");
        await RefusedAsync(entry => entry.Remove("verification"), "no entry of it");
    }

    [Fact]
    public async Task A_proof_in_another_tree_is_refused_even_where_the_log_has_signed_that_tree()
    {
        await RefusedAsync(entry => Tree(entry, _log.Count, _log.Root(_log.Count - 1)), "does not lead");
        await RefusedAsync(entry => Tree(entry, _log.Count + 1, _log.Root(_log.Count)), "does not lead");
        // The right tree, and not as the log has signed it.
        await RefusedAsync(entry => Note(entry, "\u2014 rekor.test", "\u2014 rekor.else"), "not signed by its log");
        await RefusedAsync(entry => Note(entry, "Timestamp: 1", "Timestamp: 2"), "not signed by its log");

        static void Note(JsonObject entry, string part, string other) =>
            Proof(entry)["checkpoint"] = ((string)Proof(entry)["checkpoint"]!).Replace(part, other, StringComparison.Ordinal);

        void Tree(JsonObject entry, int size, byte[] root)
        {
            Proof(entry)["treeSize"] = size;
            Proof(entry)["rootHash"] = Convert.ToHexStringLower(root);
            Proof(entry)["checkpoint"] = _log.Checkpoint(size, root);
        }
    }

    [Fact]
    public async Task Without_a_key_to_trust_the_entry_must_hold_in_itself()
    {
        await using var stranger = await TestRekor.StartAsync(_time);
        var evidence = await new RekorStamper(_client, stranger.Address, null, _time).StampAsync(_root, default);
        Stamp(_root, evidence).Problem().ShouldBeNull();
        Stamp(_root, evidence).Problem(null, Keys).ShouldNotBeNull();
        (await SaysAsync(Keys)).ShouldContain("not one of those to trust");
        stranger.Change = entry => Proof(entry)["hashes"]!.AsArray().RemoveAt(0);
        (await SaysAsync(null)).ShouldContain("does not lead");

        async Task<string> SaysAsync(IReadOnlyList<P256PublicKey>? keys) =>
            (await Should.ThrowAsync<EvidenceException>(() => new RekorStamper(_client, stranger.Address, keys, _time).StampAsync(_root, default))).Message;
    }

    [Fact]
    public async Task A_log_whose_clock_is_off_is_refused()
    {
        var late = new FakeTimeProvider(Now.AddMinutes(16));
        var stamper = new RekorStamper(_client, _log.Address, Keys, late);
        (await Should.ThrowAsync<EvidenceException>(() => stamper.StampAsync(_root, default))).Message.ShouldContain("clock says 2026-01-05 09:00:00Z");
    }

    [Fact]
    public async Task An_entry_that_the_log_has_already_is_fetched_from_it()
    {
        foreach (var address in (string[])["/api/v1/log/entries/ID", $"{_log.Address}api/v1/log/entries/ID", "/elsewhere/ID?more"])
        {
            _log.Instead = TwiceAsync(address);
            Stamp(_root, await Stamper.StampAsync(_root, default)).Problem(null, Keys).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://elsewhere.example/api/v1/log/entries/ID")]
    [InlineData("//elsewhere.example/api/v1/log/entries/ID")]
    [InlineData("http://127.0.0.1:1/api/v1/log/entries/ID")]
    [InlineData("file:///api/v1/log/entries/ID")]
    [InlineData("mailto:ID")]
    [InlineData("/api/v1/log/entries/")]
    [InlineData("/api/v1/log/entries/..%2f..%2fID")]
    [InlineData("%%%")]
    public async Task An_entry_that_the_log_has_elsewhere_is_not_fetched(string? address)
    {
        var asked = 0;
        var twice = TwiceAsync(address);
        _log.Instead = context =>
        {
            Interlocked.Increment(ref asked);
            return twice(context);
        };
        await RefusedAsync("has this entry already");
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_log_that_fails_says_how()
    {
        foreach (var status in (int[])[302, 400, 404, 429, 500, 503])
            await RefusedAsync(context => Redirect(context, status), $"answered with status {status}");
        await RefusedAsync(context => Answer(context, 201, new byte[RekorEntry.MaxBytes + 1]), "more than 65536 bytes");
        foreach (var body in (string[])["", "<html>", "[]", "{}", "null", """{"a":null}""", """{"a":{},"b":{}}""", """{"\ud800":1}""", "{\"a\":{\"body\":\"?\"}}"])
            await RefusedAsync(context => Answer(context, 201, Encoding.UTF8.GetBytes(body)), "no entry of it");
        await RefusedAsync(context => { context.Abort(); return Task.CompletedTask; }, "cannot be reached");
        var nobody = new RekorStamper(_client, new Uri("http://127.0.0.1:1/"), Keys, _time);
        (await Should.ThrowAsync<EvidenceException>(() => nobody.StampAsync(_root, default))).Message.ShouldContain("cannot be reached");
    }

    [Fact]
    public async Task A_log_that_is_slow_is_given_up_and_so_is_one_that_stops_in_the_middle()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromMilliseconds(300) };
        var stamper = new RekorStamper(client, _log.Address, Keys, _time);
        _log.Instead = ForeverAsync;
        (await Should.ThrowAsync<EvidenceException>(() => stamper.StampAsync(_root, default))).Message.ShouldContain("did not answer in time");
        _log.Instead = TrickleAsync;
        (await Should.ThrowAsync<EvidenceException>(() => stamper.StampAsync(_root, default))).Message.ShouldContain("did not answer in time");
        // The calendars and authorities are read in the same way.
        (await Should.ThrowAsync<EvidenceException>(() => new CalendarStamper(client, _log.Address).StampAsync(_root, default))).Message.ShouldContain("did not answer in time");
        using var cancelled = new CancellationTokenSource();
        _log.Instead = context => { cancelled.Cancel(); return TrickleAsync(context); };
        await Should.ThrowAsync<OperationCanceledException>(() => Stamper.StampAsync(_root, cancelled.Token));
    }

    private static async Task TrickleAsync(HttpContext context)
    {
        context.Response.StatusCode = 201;
        await context.Response.Body.WriteAsync("{"u8.ToArray());
        await context.Response.Body.FlushAsync();
        await ForeverAsync(context);
    }

    private static Task ForeverAsync(HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    private static JsonObject Proof(JsonObject entry) => entry["verification"]!["inclusionProof"]!.AsObject();

    private static async Task Answer(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        await context.Response.Body.WriteAsync(body);
    }

    private static Task Redirect(HttpContext context, int status)
    {
        context.Response.Headers.Location = "/api/v1/log/entries";
        return Answer(context, status, []);
    }

    /// <summary>The log takes the entry, and answers as if the request came once more.</summary>
    private Func<HttpContext, Task> TwiceAsync(string? address) => async context =>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var id = _log.Take(body.ToArray()).Id;
        _log.Take(body.ToArray()).Status.ShouldBe(409);
        if (address is not null)
            context.Response.Headers.Location = address.Replace("ID", id, StringComparison.Ordinal);
        context.Response.StatusCode = 409;
        _log.Instead = null;
    };

    private Task RefusedAsync(Func<HttpContext, Task> instead, string reason)
    {
        _log.Instead = instead;
        return RefusedAsync(reason);
    }

    private Task RefusedAsync(Action<JsonObject> change, string reason)
    {
        _log.Change = change;
        return RefusedAsync(reason);
    }

    private async Task RefusedAsync(string reason)
    {
        var message = (await Should.ThrowAsync<EvidenceException>(() => Stamper.StampAsync(_root, default))).Message;
        message.ShouldStartWith($"The Rekor log {_log.Address} ");
        message.ShouldContain(reason);
    }

    private HeadStamp Stamp(byte[] root, byte[] evidence) => new(HeadStamp.Rekor, _log.Address.ToString(), 1, Convert.ToHexStringLower(root), Now, evidence);
}
