using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Granary.Grains.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Grains.Tests.Connections;

/// <summary>Who gets past the handshake, on both ends of a connection.</summary>
public sealed class ClusterHandshakeTests
{
    private static readonly byte[] Preamble = "orleans' own first bytes"u8.ToArray();

    private readonly ClusterSecret _secret = NewSecret();
    private readonly ClusterRefusals _refusals = new();
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(ClusterRole.Gateway)]
    [InlineData(ClusterRole.Silo)]
    public async Task Two_ends_with_one_secret_go_on_and_what_follows_is_untouched(ClusterRole role)
    {
        var pair = new ConnectionPair();
        var called = AcceptAsync(pair, Handshake(_secret), role);
        (await ConnectAsync(pair, Handshake(_secret), role)).ShouldBe("reached");
        (await called).ShouldBe(Preamble);
    }

    [Fact]
    public async Task Another_secret_is_refused_with_a_sentence_on_both_ends()
    {
        var pair = new ConnectionPair();
        var called = AcceptAsync(pair, Handshake(_secret));
        var refused = await Should.ThrowAsync<ClusterRefusedException>(ConnectAsync(pair, Handshake(NewSecret())));
        refused.Message.ShouldContain("refused this process");
        refused.Message.ShouldContain("GRANARY_CLUSTER_SECRET");
        _refusals.Last.ShouldBe(refused.Message);
        await pair.Caller.Transport.Output.CompleteAsync();
        (await Should.ThrowAsync<ClusterRefusedException>(called)).Message.ShouldContain("10.0.0.7:50000 was refused");
    }

    [Fact]
    public async Task A_secret_is_rotated_with_the_new_one_behind_the_old_one_first()
    {
        var (old, fresh) = (NewText(), NewText());
        foreach (var (caller, called) in ((string, string)[])[($"{old},{fresh}", old), (old, $"{old},{fresh}"), ($"{fresh},{old}", $"{old},{fresh}"), (fresh, $"{fresh},{old}")])
        {
            var pair = new ConnectionPair();
            var accepting = AcceptAsync(pair, Handshake(ClusterSecret.Parse(called)));
            await ConnectAsync(pair, Handshake(ClusterSecret.Parse(caller)));
            (await accepting).ShouldBe(Preamble);
        }
    }

    [Fact]
    public async Task A_peer_that_proves_nothing_is_refused_at_its_first_byte()
    {
        var pair = new ConnectionPair();
        var called = AcceptAsync(pair, Handshake(_secret));
        await pair.Caller.Transport.Output.WriteAsync(new byte[] { 0x10 });
        (await Should.ThrowAsync<ClusterRefusedException>(called)).Message.ShouldContain("did not prove the cluster's secret");
    }

    /// <summary>Silos look at each other's ports that way, every few seconds: a line about each would say that the cluster is attacked.</summary>
    [Fact]
    public async Task Who_connects_and_leaves_without_a_word_reaches_neither_tls_nor_the_handshake()
    {
        var pair = new ConnectionPair();
        var called = Handshake(_secret).Greet(_ => throw new InvalidOperationException("It went on."))(pair.Called);
        await pair.Caller.Transport.Output.CompleteAsync();
        await Should.ThrowAsync<ConnectionResetException>(called);
    }

    [Fact]
    public async Task Who_says_a_word_goes_on_with_it_and_who_says_none_is_let_go()
    {
        var pair = new ConnectionPair();
        byte[] first = [];
        var called = Handshake(_secret).Greet(async connection => first = await TakeAsync(connection.Transport.Input, Preamble.Length))(pair.Called);
        await pair.Caller.Transport.Output.WriteAsync(Preamble);
        await called.WaitAsync(TimeSpan.FromMinutes(2));
        first.ShouldBe(Preamble);
        var silent = Handshake(_secret).Greet(_ => Task.CompletedTask)(new ConnectionPair().Called);
        _time.Advance(TimeSpan.FromSeconds(29));
        silent.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(2));
        await Should.ThrowAsync<ConnectionResetException>(silent);
    }

    [Fact]
    public async Task A_peer_that_proves_nothing_is_let_in_where_the_cluster_is_open_with_every_byte_it_sent()
    {
        foreach (var secret in (ClusterSecret?[])[null, _secret])
        {
            var pair = new ConnectionPair();
            var called = AcceptAsync(pair, Handshake(secret, isOpen: true));
            await pair.Caller.Transport.Output.WriteAsync(Preamble);
            (await called).ShouldBe(Preamble);
        }
    }

    [Fact]
    public async Task A_silo_without_a_secret_is_not_trusted_unless_the_cluster_is_open()
    {
        var pair = new ConnectionPair();
        _ = AcceptAsync(pair, Handshake(null));
        (await Should.ThrowAsync<ClusterRefusedException>(ConnectAsync(pair, Handshake(_secret)))).Message.ShouldContain("proves nothing");
        pair = new ConnectionPair();
        var called = AcceptAsync(pair, Handshake(null));
        await ConnectAsync(pair, Handshake(_secret, isOpen: true));
        (await called).ShouldBe(Preamble);
    }

    [Fact]
    public async Task A_silo_that_accepts_without_knowing_the_secret_is_no_silo_of_the_cluster()
    {
        var pair = new ConnectionPair();
        var caller = ConnectAsync(pair, Handshake(_secret));
        var (input, output) = (pair.Called.Transport.Input, pair.Called.Transport.Output);
        var hello = await TakeAsync(input, 41);
        await output.WriteAsync((byte[])[.. hello[..8], 1, .. RandomNumberGenerator.GetBytes(32)]);
        await TakeAsync(input, 32);
        await output.WriteAsync((byte[])[1, .. RandomNumberGenerator.GetBytes(32)]);
        (await Should.ThrowAsync<ClusterRefusedException>(caller)).Message.ShouldContain("does not know the cluster's secret");
    }

    [Fact]
    public async Task A_proof_that_was_overheard_is_worth_nothing_on_another_connection()
    {
        var pair = new ConnectionPair();
        var overheard = new List<byte[]>();
        var caller = ConnectAsync(pair, Handshake(_secret));
        var hello = await TakeAsync(pair.Called.Transport.Input, 41);
        await pair.Called.Transport.Output.WriteAsync((byte[])[.. hello[..8], 1, .. RandomNumberGenerator.GetBytes(32)]);
        overheard.Add(hello);
        overheard.Add(await TakeAsync(pair.Called.Transport.Input, 32));
        var replay = new ConnectionPair();
        var called = AcceptAsync(replay, Handshake(_secret));
        foreach (var word in overheard)
            await replay.Caller.Transport.Output.WriteAsync(word);
        await replay.Caller.Transport.Output.CompleteAsync();
        await Should.ThrowAsync<ClusterRefusedException>(called);
        await pair.Called.Transport.Output.CompleteAsync();
        await Should.ThrowAsync<ClusterRefusedException>(caller);
    }

    [Fact]
    public async Task A_gateway_does_not_pass_for_a_silo_on_the_port_for_silos()
    {
        var pair = new ConnectionPair();
        var called = AcceptAsync(pair, Handshake(_secret), ClusterRole.Silo);
        await Should.ThrowAsync<ClusterRefusedException>(ConnectAsync(pair, Handshake(_secret), ClusterRole.Gateway));
        await pair.Caller.Transport.Output.CompleteAsync();
        await Should.ThrowAsync<ClusterRefusedException>(called);
    }

    [Fact]
    public async Task A_version_without_a_handshake_is_named_as_that()
    {
        var pair = new ConnectionPair();
        var caller = ConnectAsync(pair, Handshake(_secret));
        await pair.Called.Transport.Output.CompleteAsync();
        (await Should.ThrowAsync<ClusterRefusedException>(caller)).Message.ShouldContain("GRANARY_CLUSTER_INSECURE=true");
    }

    [Fact]
    public async Task A_version_without_a_handshake_is_spoken_to_without_one_while_the_cluster_is_open()
    {
        var handshake = Handshake(_secret, isOpen: true);
        var pair = new ConnectionPair();
        var caller = ConnectAsync(pair, handshake);
        await pair.Called.Transport.Output.CompleteAsync();
        await Should.ThrowAsync<ConnectionResetException>(caller);
        _refusals.Last.ShouldBeNull();
        pair = new ConnectionPair();
        await ConnectAsync(pair, handshake);
        (await TakeAsync(pair.Called.Transport.Input, Preamble.Length)).ShouldBe(Preamble);
    }

    [Fact]
    public async Task Who_stays_silent_is_let_go_after_half_a_minute()
    {
        foreach (var sent in (byte[][])[[], "GRNR"u8.ToArray(), [.. "GRNRYHS1"u8, 1, .. new byte[32]]])
        {
            var pair = new ConnectionPair();
            var called = AcceptAsync(pair, Handshake(_secret));
            if (sent.Length > 0)
                await pair.Caller.Transport.Output.WriteAsync(sent);
            _time.Advance(TimeSpan.FromSeconds(29));
            called.IsCompleted.ShouldBeFalse();
            _time.Advance(TimeSpan.FromSeconds(2));
            await Should.ThrowAsync<ConnectionResetException>(called);
        }
    }

    [Fact]
    public async Task Hostile_words_never_get_through()
    {
        var random = new Random(15);
        for (var i = 0; i < 300; i++)
        {
            var pair = new ConnectionPair();
            var called = AcceptAsync(pair, Handshake(_secret));
            var noise = new byte[random.Next(0, 200)];
            random.NextBytes(noise);
            // Every second one starts as it should.
            if (i % 2 == 0 && noise.Length >= 8)
                "GRNRYHS1"u8.CopyTo(noise);
            if (noise.Length > 0)
                await pair.Caller.Transport.Output.WriteAsync(noise);
            await pair.Caller.Transport.Output.CompleteAsync();
            var failure = await Should.ThrowAsync<Exception>(called);
            (failure is ClusterRefusedException or ConnectionResetException).ShouldBeTrue(failure.ToString());
        }
    }

    private ClusterHandshake Handshake(ClusterSecret? secret, bool isOpen = false) =>
        new(secret, isOpen, _refusals, _time, NullLogger<ClusterHandshake>.Instance);

    private static ClusterSecret NewSecret() => ClusterSecret.Parse(NewText());

    private static string NewText() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static async Task<string> ConnectAsync(ConnectionPair pair, ClusterHandshake handshake, ClusterRole role = ClusterRole.Gateway)
    {
        var reached = "";
        await handshake.Connect(async connection =>
        {
            reached = "reached";
            await connection.Transport.Output.WriteAsync(Preamble);
        }, role)(pair.Caller).WaitAsync(TimeSpan.FromMinutes(2));
        return reached;
    }

    private static async Task<byte[]> AcceptAsync(ConnectionPair pair, ClusterHandshake handshake, ClusterRole role = ClusterRole.Gateway)
    {
        byte[] first = [];
        await handshake.Accept(async connection => first = await TakeAsync(connection.Transport.Input, Preamble.Length), role)(pair.Called).WaitAsync(TimeSpan.FromMinutes(2));
        return first;
    }

    private static async Task<byte[]> TakeAsync(PipeReader input, int count)
    {
        var read = await input.ReadAtLeastAsync(count);
        var bytes = read.Buffer.Slice(0, Math.Min(count, read.Buffer.Length)).ToArray();
        input.AdvanceTo(read.Buffer.GetPosition(bytes.Length));
        return bytes;
    }
}
