using System.Text;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Messages;
using Granary.Testing;
using Microsoft.AspNetCore.Http;

namespace Granary.Gateway.Tests.Protocol.Http;

public sealed class QuietRepliesTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private readonly CountedTimers _time = new();
    private readonly QuietReplies _quiet;

    public QuietRepliesTests() => _quiet = new QuietReplies(new GatewayOptions { KeepAlive = Longest }, _time);

    public void Dispose() => _quiet.Dispose();

    [Fact]
    public void One_timer_breaks_the_silence_of_each_reply_at_its_own_time()
    {
        var replies = new List<Made>();
        for (var second = 0; second < 3; second++)
        {
            replies.Add(Waiting());
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        replies.ShouldAllBe(made => !made.HasBegun);
        _time.Advance(Longest - TimeSpan.FromSeconds(3));
        replies.Select(made => made.HasBegun).ShouldBe([true, false, false]);
        _time.Advance(TimeSpan.FromSeconds(1));
        replies.Select(made => made.HasBegun).ShouldBe([true, true, false]);
        replies[0].Text.ShouldBe("", "it begins without a word");
        _time.Advance(Longest - TimeSpan.FromSeconds(1));
        replies.Select(made => made.Text).ShouldBe([":\n\n", "", ""]);
        replies[2].HasBegun.ShouldBeTrue();
        _time.Timers.ShouldBe(1);
    }

    [Fact]
    public async Task A_reply_that_is_finished_or_given_up_says_nothing_any_more()
    {
        var (finished, given) = (Waiting(), Waiting());
        using var json = ReplyBuffer.Rent();
        json.Write("{}"u8);
        await finished.Reply.FinishAsync(json, Outcome.Ok);
        given.Reply.Dispose();
        _time.Advance(2 * Longest);
        finished.Text.ShouldBe("{}");
        finished.Context.Response.ContentType.ShouldBe("application/json");
        given.HasBegun.ShouldBeFalse();
    }

    [Fact]
    public async Task A_reply_that_has_begun_ends_as_a_stream_and_is_quiet_after()
    {
        var made = Waiting();
        _time.Advance(Longest);
        using var json = ReplyBuffer.Rent();
        json.Write("{}"u8);
        await made.Reply.FinishAsync(json, Outcome.Ok);
        await made.Reply.SendAsync("late"u8.ToArray());
        _time.Advance(Longest);
        made.Text.ShouldBe("data: {}\n\n");
        made.Context.Response.ContentType.ShouldBe("text/event-stream");
    }

    [Fact]
    public void A_client_that_takes_no_stream_is_not_watched()
    {
        var made = new Made(_quiet, Accepts.Json);
        made.Reply.Wait();
        _time.Advance(2 * Longest);
        made.HasBegun.ShouldBeFalse();
        made.Text.ShouldBe("");
    }

    [Fact]
    public async Task A_stream_that_cannot_begin_fails_the_answer()
    {
        var made = new Made(_quiet, Accepts.Json | Accepts.EventStream, new FailingResumption());
        made.Reply.Wait();
        _time.Advance(Longest);
        using var json = ReplyBuffer.Rent();
        (await Should.ThrowAsync<InvalidOperationException>(async () => await made.Reply.FinishAsync(json, Outcome.Ok))).Message.ShouldBe("no room");
    }

    private Made Waiting()
    {
        var made = new Made(_quiet, Accepts.Json | Accepts.EventStream);
        made.Reply.Wait();
        return made;
    }

    private sealed class Made
    {
        private readonly MemoryStream _body = new();

        public Made(QuietReplies quiet, Accepts accepts, IResumption? resumption = null)
        {
            Context.Response.Body = _body;
            Reply = new HttpReply(Context, accepts, resumption, quiet);
        }

        public DefaultHttpContext Context { get; } = new();

        public HttpReply Reply { get; }

        public bool HasBegun => Context.Response.ContentType is not null;

        public string Text => Encoding.UTF8.GetString(_body.ToArray());
    }

    private sealed class FailingResumption : IResumption
    {
        public ValueTask OpenAsync(SseWriter writer) => throw new InvalidOperationException("no room");

        public ValueTask SendAsync(byte[] message) => default;

        public ValueTask FinishAsync(byte[]? response) => default;

        public ValueTask DetachAsync(TimeSpan retryAfter) => default;
    }
}
