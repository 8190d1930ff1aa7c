using System.Buffers.Text;
using System.Text;
using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Modern;
using Granary.Gateway.Tests.Support;
using Granary.Tenants;
using Granary.Vault.Keys;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tests.Protocol.Legacy.Sessions;

/// <summary>What clients carry for us: it opens unchanged, in time, for its purpose and its principal, and not otherwise.</summary>
[Trait("Kind", "Hostile")]
public sealed class SessionTokenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly Principal Acme = new(TenantId.Parse("acme"), "key-1", new HashSet<string> { "*" });

    private static Session Make(DateTimeOffset? expires = null) => Session.Create(
        Acme, "2025-06-18", new ClientCapabilities { Sampling = new(), Elicitation = new() { Url = new() } }, "client \u00fc\n x", expires ?? Now.AddHours(1));

    [Fact]
    public void A_session_is_wholly_in_its_id()
    {
        using var ring = new TokenSeal(KeyRing.CreateFresh());
        var session = Make();
        var opened = Session.Open(session.Seal(ring), ring, Now)!;
        opened.ShouldBe(session);
        opened.BelongsTo(Acme).ShouldBeTrue();
        opened.BelongsTo(Acme with { Name = "key-2" }).ShouldBeFalse();
        opened.BelongsTo(Acme with { Tenant = TenantId.Parse("globex") }).ShouldBeFalse();
        opened.ClientName.ShouldBe("client  x");
        var capabilities = opened.Capabilities.ToWire();
        (capabilities.Sampling is not null, capabilities.Elicitation?.Url is not null, capabilities.Elicitation?.Form is not null, capabilities.Roots is not null)
            .ShouldBe((true, true, false, false));
    }

    [Fact]
    public void An_id_that_was_changed_at_any_place_does_not_open()
    {
        using var ring = new TokenSeal(KeyRing.CreateFresh());
        var id = Make().Seal(ring);
        for (var i = 0; i < id.Length; i++)
        {
            foreach (var other in "AQgw9_-")
            {
                if (other != id[i])
                    Session.Open(id[..i] + other + id[(i + 1)..], ring, Now).ShouldBeNull($"position {i}");
            }
        }
        for (var length = 0; length < id.Length; length++)
            Session.Open(id[..length], ring, Now).ShouldBeNull();
        Session.Open(id + "A", ring, Now).ShouldBeNull();
        Session.Open(id + "=", ring, Now).ShouldBeNull();
        Session.Open(" " + id, ring, Now).ShouldBeNull();
    }

    [Fact]
    public void Every_byte_is_sealed()
    {
        using var ring = new TokenSeal(KeyRing.CreateFresh());
        var bytes = Base64Url.DecodeFromChars(Make().Seal(ring));
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                bytes[i] ^= (byte)(1 << bit);
                ring.Open(bytes, "session"u8).ShouldBeNull($"byte {i}");
                bytes[i] ^= (byte)(1 << bit);
            }
        }
        ring.Open(bytes, "session"u8).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("===")]
    [InlineData(" ")]
    [InlineData("\n")]
    public void A_token_has_one_spelling(string suffix)
    {
        using var ring = new TokenSeal(KeyRing.CreateFresh());
        var sealedText = System.Buffers.Text.Base64Url.EncodeToString(ring.Seal(new byte[30], "session"u8));
        SealedText.Decode(sealedText).ShouldNotBeNull();
        SealedText.Decode(sealedText + suffix).ShouldBeNull();
        SealedText.Decode(suffix + sealedText).ShouldBeNull();
        // Spare bits of the last character, which a lax reader drops.
        foreach (var last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        {
            if (sealedText.Length % 4 != 0 && last != sealedText[^1] && SealedText.Decode(sealedText[..^1] + last) is { } other)
                other.ShouldNotBe(SealedText.Decode(sealedText));
        }
    }

    [Fact]
    public void A_session_expires()
    {
        using var ring = new TokenSeal(KeyRing.CreateFresh());
        var time = new FakeTimeProvider(Now);
        var id = Make(Now.AddMinutes(10)).Seal(ring);
        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Session.Open(id, ring, time.GetUtcNow()).ShouldNotBeNull();
        time.Advance(TimeSpan.FromSeconds(1));
        Session.Open(id, ring, time.GetUtcNow()).ShouldBeNull();
    }

    [Fact]
    public void Keys_rotate_by_putting_a_new_one_in_front()
    {
                using var before = new TokenSeal(new KeyRing([Key(1)]));
        using var between = new TokenSeal(new KeyRing([Key(2), Key(1)]));
        using var after = new TokenSeal(new KeyRing([Key(2), Key(3)]));
        var id = Make().Seal(before);
        Session.Open(id, between, Now).ShouldNotBeNull();
        Session.Open(id, after, Now).ShouldBeNull();
        Session.Open(Make().Seal(between), before, Now).ShouldBeNull();
        Session.Open(Make().Seal(between), after, Now).ShouldNotBeNull();
    }

    [Fact]
    public void What_was_sealed_for_one_purpose_does_not_open_for_another()
    {
        using var ring = new TokenSeal(KeyRing.CreateFresh());
        var sealedBytes = ring.Seal("x"u8, "session"u8);
        ring.Open(sealedBytes, "session"u8).ShouldBe("x"u8.ToArray());
        ring.Open(sealedBytes, "request-state"u8).ShouldBeNull();
        ring.Open(sealedBytes, ""u8).ShouldBeNull();
        var envelope = Envelope("{}");
        var state = new RequestStateSeal(ring, new FakeTimeProvider(Now)).Seal("x", Acme, envelope);
        Session.Open(state.PadRight(60, 'A'), ring, Now).ShouldBeNull();
        Should.Throw<RpcException>(() => new RequestStateSeal(ring, new FakeTimeProvider(Now)).Open(Make().Seal(ring), Acme, envelope));
    }

    [Fact]
    public void R4_a_request_state_lives_ten_minutes_and_belongs_to_its_principal()
    {
        using var ring = new TokenSeal(KeyRing.CreateFresh());
        var time = new FakeTimeProvider(Now);
        var seal = new RequestStateSeal(ring, time);
        var envelope = Envelope("{}");
        var state = seal.Seal("s\u00fc", Acme, envelope);
        seal.Open(state, Acme, envelope).ShouldBe("s\u00fc");
        Should.Throw<RpcException>(() => seal.Open(state, Acme with { Name = "key-2" }, envelope));
        Should.Throw<RpcException>(() => seal.Open(state, Acme with { Tenant = TenantId.Default }, envelope));
        Should.Throw<RpcException>(() => seal.Open(state, Acme, Envelope("""{"a":1}""")));
        time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        Should.Throw<RpcException>(() => seal.Open(state, Acme, envelope)).Message.ShouldContain("expired");
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n\n")]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base64!")]
    public void A_ring_that_is_none_is_refused_and_never_shown(string text) =>
        Should.Throw<InvalidDataException>(() => TokenSeal.Parse(text)).Message.ShouldNotContain("c2hvcnQ");

    [Fact]
    public void A_ring_is_read_from_lines_and_commas_and_made_where_it_is_missing()
    {
        var (one, two) = (Convert.ToBase64String(Key(1)), Convert.ToBase64String(Key(2)));
        using var ring = TokenSeal.Parse($"# keys\n{one},{two}\r\n");
        using var second = new TokenSeal(new KeyRing([Key(2)]));
        Session.Open(Make().Seal(second), ring, Now).ShouldNotBeNull();
        var folder = Directory.CreateTempSubdirectory("granary-ring-").FullName;
        var file = Path.Combine(folder, "deeper", "session.keys");
        using var made = TokenSeal.LoadOrCreate(file);
        using var again = TokenSeal.LoadOrCreate(file);
        Session.Open(Make().Seal(made), again, Now).ShouldNotBeNull();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_thousand_idle_sessions_are_remembered_nowhere()
    {
        var gateway = await TestGateway.StartAsync(o => o);
        for (var i = 0; i < 1_000; i++)
        {
            var session = await gateway.Http.InitializeAsync();
            if (i % 10 == 0)
                (await gateway.Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_log"}""", session))).ToolText.ShouldBe("logged");
        }
        await Guard.UntilAsync(() => gateway.Get<SessionStates>().Count == 0, "nothing is remembered");
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Any_replica_with_the_keys_serves_any_session()
    {
        var keys = Convert.ToBase64String(Key(9));
        var one = await TestGateway.StartAsync(o => o with { SessionKeys = keys });
        var two = await TestGateway.StartAsync(o => o with { SessionKeys = keys });
        var three = await TestGateway.StartAsync(o => o);
        var session = await one.Http.InitializeAsync("2025-06-18");
        (await two.Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_whoami"}""", session))).ToolText.ShouldContain("2025-06-18");
        (await three.Http.PostAsync(McpRequest.Legacy("ping", "{}", session))).ShouldFail(404, -32001);
        foreach (var gateway in (TestGateway[])[one, two, three])
            await gateway.DisposeAsync();
    }

    private static byte[] Key(byte fill) => [.. Enumerable.Repeat(fill, 32)];

    private static Envelope Envelope(string arguments) => EnvelopeReader.Read(Encoding.UTF8.GetBytes(
        $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{{{arguments}}}}}"""));
}
