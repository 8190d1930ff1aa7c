using System.Text.Json;
using Granary.Scenarios.Checks;
using Granary.Scenarios.Clients;

namespace Granary.Scenarios.Tests.Checks;

/// <summary>The checker finds what it is there to find: a checker that is blind passes everything.</summary>
public sealed class VaultCheckTests
{
    private readonly List<StoredEvent> _events = [];
    private readonly List<Attempt> _attempts = [];

    [Fact]
    public void A_vault_that_is_as_its_receipts_say_has_no_problem()
    {
        Acknowledge(Store(1), 1);
        Acknowledge(Store(2), 2, key: "k");
        Try(3, Unknown());
        Store(4);
        Try(4, Unknown());
        Try(5, Refused());
        Problems().ShouldBeEmpty();
    }

    [Fact]
    public void A_lost_event_is_found()
    {
        var stored = Store(1);
        Acknowledge(stored, 1);
        _events.Clear();
        Problems().ShouldBe(["v: event 1 was acknowledged at 0 and is lost"]);
    }

    [Fact]
    public void An_event_that_is_there_twice_is_found()
    {
        Acknowledge(Store(1), 1, key: "k");
        Store(1);
        Problems().ShouldBe(["v: event 1 is there 2 times, at 0, 1"]);
    }

    [Fact]
    public void An_event_that_stands_elsewhere_than_its_receipt_says_is_found()
    {
        Store(1);
        Acknowledge(new StoredEvent(7, "e7", Hash(7), Hash(6), 1), 1);
        Problems().ShouldBe(["v: event 1 is at 0 and not as its receipt says, at 7"]);
    }

    [Fact]
    public void A_receipt_with_another_hash_is_found()
    {
        var stored = Store(1);
        Acknowledge(stored with { Hash = Hash(99) }, 1);
        Problems().ShouldBe(["v: event 1 is at 0 and not as its receipt says, at 0"]);
    }

    [Fact]
    public void An_event_that_was_refused_and_happened_all_the_same_is_found()
    {
        Store(1);
        Try(1, Refused());
        Problems().ShouldBe(["v: event 1 is at 0 though its client was told that nothing changed"]);
    }

    [Fact]
    public void A_key_that_gave_two_receipts_is_found()
    {
        var first = Store(1);
        var second = Store(1);
        var attempt = Acknowledge(first, 1, key: "k");
        attempt.Answered(Success(second), 1);
        Problems().ShouldContain("v: event 1 has 2 different receipts for one key");
    }

    [Fact]
    public void Two_receipts_for_one_position_are_found()
    {
        var stored = Store(1);
        Acknowledge(stored, 1);
        Acknowledge(stored, 2);
        Problems().ShouldContain("v: events 1 and 2 both have a receipt for position 0");
    }

    [Fact]
    public void A_fork_is_found()
    {
        Acknowledge(Store(1), 1);
        Acknowledge(Store(2), 2);
        _events[1] = _events[1] with { PreviousHash = Hash(42) };
        Problems().ShouldBe(["v: the event at 1 does not build on the one before it"]);
    }

    [Fact]
    public void A_gap_is_found()
    {
        Acknowledge(Store(1), 1);
        _events.Add(new StoredEvent(2, "e2", Hash(3), _events[0].Hash, null));
        Problems().ShouldBe(["v: the event at place 1 says it is at 2"]);
    }

    [Fact]
    public void An_event_that_nobody_sent_is_found()
    {
        Store(1);
        Problems().ShouldBe(["v: event 1 is there and nobody sent it"]);
    }

    [Fact]
    public void What_the_vault_says_of_itself_must_fit_too()
    {
        Acknowledge(Store(1), 1);
        var view = View() with { Valid = false, Count = 2, Head = Hash(9) };
        VaultComparison.Problems(view, _attempts).ShouldBe(
            ["v: does not verify", "v: verify_chain counts 2 events, the timeline has 1", "v: verify_chain ends with another event than the timeline"]);
    }

    private IEnumerable<string> Problems() => VaultComparison.Problems(View(), _attempts);

    private VaultView View() => new("v", _events, true, _events.Count, _events.Count == 0 ? Hash(0) : _events[^1].Hash);

    private StoredEvent Store(long marker)
    {
        var position = _events.Count;
        var stored = new StoredEvent(position, $"e{position}", Hash(position + 1), Hash(position), marker);
        _events.Add(stored);
        return stored;
    }

    private Attempt Acknowledge(StoredEvent stored, long marker, string? key = null) => Try(marker, Success(stored), key);

    private Attempt Try(long marker, Answer answer, string? key = null)
    {
        var attempt = new Attempt("v", marker, key, 0);
        attempt.Answered(answer, 1);
        _attempts.Add(attempt);
        return attempt;
    }

    private static string Hash(long number) => number.ToString("x64");

    private static Answer Success(StoredEvent stored)
    {
        var json = $$"""{"event_id":"{{stored.EventId}}","position":{{stored.Position}},"hash":"{{stored.Hash}}"}""";
        return new Answer(AnswerKind.Success, 200, Content: JsonDocument.Parse(json).RootElement);
    }

    private static Answer Refused() => new(AnswerKind.ToolError, 200, "unavailable", "Nothing changed.");

    private static Answer Unknown() => new(AnswerKind.TransportError, 0);
}
