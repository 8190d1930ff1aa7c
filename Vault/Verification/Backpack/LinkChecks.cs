using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>The checks of an event against those before it: unique ids, the actors' chains, time that does not go back.</summary>
internal sealed class LinkChecks(FindingList findings, long events)
{
    /// <summary>For so many events there is room from the start; a larger log's table grows.</summary>
    private const int MaxExpected = 1_000_000;

    private readonly Dictionary<string, int> _actorNumbers = new(StringComparer.Ordinal);
    private readonly List<(UInt128 Last, string? Timestamp)> _ends = [];
    private readonly Dictionary<UInt128, int> _authors = new((int)Math.Min(events, MaxExpected));
    private readonly List<Broken> _broken = [];
    private string? _lastActor;
    private string? _lastTime;

    public int Actors => _ends.Count;

    public bool Has(string id) => _authors.ContainsKey(EventKey.Of(id));

    public void Take(long position, in EventFacts facts)
    {
        if (facts.Id is null || facts.Actor is null)
            return;
        if (!_actorNumbers.TryGetValue(facts.Actor, out var actor))
        {
            actor = _actorNumbers[facts.Actor] = _ends.Count;
            _ends.Add((0, null));
        }
        var (last, time) = _ends[actor];
        if (!_authors.TryAdd(facts.Key, actor))
            findings.Add(BackpackRules.Duplicate, position, facts.Id, "Another event has the same id.");
        if (facts.Previous != last || (facts.HasPrevious && facts.Previous == 0))
            _broken.Add(new Broken(position, facts.Id, facts.Actor, actor, facts.HasPrevious, facts.Previous, last != 0));
        if (facts.Timestamp is not null && string.CompareOrdinal(facts.Timestamp, time) < 0)
            findings.Add(BackpackRules.TimeOrder, position, facts.Id, $"Its time is before that of {facts.Actor}'s event before it.");
        else if (facts.Timestamp is not null && _lastActor != facts.Actor && string.CompareOrdinal(facts.Timestamp, _lastTime) < 0)
            findings.Add(
                BackpackRules.TimeOrder, position, facts.Id,
                $"Its time, {facts.Timestamp}, is before that of the event before it in the log, {_lastTime}, which is {_lastActor}'s.");
        (_lastActor, _lastTime) = (facts.Actor, facts.Timestamp ?? _lastTime);
        _ends[actor] = (facts.Key, facts.Timestamp ?? time);
    }

    /// <summary>Says what is wrong with the links that do not fit, once all events are known.</summary>
    public void Finish()
    {
        foreach (var link in _broken)
            Judge(link);
    }

    private void Judge(in Broken link)
    {
        if (!link.HasPrevious)
            Add(BackpackRules.Link, link, "it names no event before it, and its actor has one: a second chain starts here.");
        else if (!_authors.TryGetValue(link.Previous, out var author))
            Add(BackpackRules.Orphan, link, "it links to an event that is not in the log.");
        else if (author != link.ActorNumber)
            Add(BackpackRules.CrossActor, link, "it links to an event of another actor.");
        else if (!link.HasEarlier)
            Add(BackpackRules.FirstLinks, link, "it is its actor's first event and links to a later one.");
        else
            Add(BackpackRules.Link, link, "it does not link to its actor's event before it: one was moved, put in, or taken out.");
    }

    private void Add(Rule rule, in Broken link, string reason) => findings.Add(rule, link.Position, link.Id, $"{link.Actor}: {reason}");

    private readonly record struct Broken(long Position, string Id, string Actor, int ActorNumber, bool HasPrevious, UInt128 Previous, bool HasEarlier);
}
