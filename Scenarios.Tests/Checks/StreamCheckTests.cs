using System.Diagnostics;
using System.Text.Json;
using Granary.Scenarios.Checks;
using Granary.Scenarios.Clients;

namespace Granary.Scenarios.Tests.Checks;

public sealed class StreamCheckTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(10.0, true)]
    [InlineData(11.9, true)]
    [InlineData(12.5, false)]
    [InlineData(9.9, false)]
    public void An_append_wants_a_notification_after_it_and_soon(double notifiedAt, bool fine)
    {
        var span = Span(opened: 0, ended: 100, notifiedAt);
        Missed(span, Appended(begin: 10, end: 10.01)).Count.ShouldBe(fine ? 0 : 1);
    }

    [Fact]
    public void One_notification_stands_for_several_appends() =>
        Missed(Span(0, 100, 10.5), Appended(10, 10.1), Appended(10.2, 10.3)).ShouldBeEmpty();

    [Fact]
    public void What_happened_while_no_stream_was_open_is_not_asked_for() =>
        Missed(Span(opened: 20, ended: 30), Appended(10, 10.1), Appended(29, 29.1)).ShouldBeEmpty();

    [Fact]
    public void An_append_without_a_receipt_is_not_asked_for()
    {
        var attempt = new Attempt("v", 1, null, Ticks(10));
        attempt.Answered(new Answer(AnswerKind.TimedOut, 0), Ticks(11));
        StreamCheck.Missed("v", [Span(0, 100)], [attempt], Limit).ShouldBeEmpty();
    }

    private static List<string> Missed(StreamSpan span, params Attempt[] attempts) => [.. StreamCheck.Missed("v", [span], attempts, Limit)];

    private static StreamSpan Span(double opened, double ended, params double[] notified)
    {
        var span = new StreamSpan(Ticks(opened)) { EndedAt = Ticks(ended), End = StreamEnd.Completed };
        span.Notifications.AddRange(notified.Select(Ticks));
        return span;
    }

    private static Attempt Appended(double begin, double end)
    {
        var attempt = new Attempt("v", 1, null, Ticks(begin));
        var content = JsonDocument.Parse("""{"event_id":"e","position":0,"hash":"h"}""").RootElement;
        attempt.Answered(new Answer(AnswerKind.Success, 200, Content: content), Ticks(end));
        return attempt;
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);
}
