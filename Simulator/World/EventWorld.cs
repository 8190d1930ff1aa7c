using System.Globalization;

namespace Granary.Simulator.World;

/// <summary>
/// All events there ever were and will be: time is cut into slots of ten minutes, and what happens in a slot follows from the
/// seed and the slot alone. So there is nothing to store, a window of any age has its events, and an id leads back to its slot.
/// </summary>
internal sealed class EventWorld(ulong seed, Topology topology)
{
    private const long Slot = 600_000;
    private const int MaxCached = 20_000;

    private readonly System.Collections.Concurrent.ConcurrentDictionary<long, SlotStory> _cache = new();

    /// <summary>No event lasts longer, so a window's query need not look further back.</summary>
    public const long Longest = 3 * 3_600_000;

    /// <summary>The events that touch <c>[from, to]</c> and have begun by <paramref name="now"/>, newest first.</summary>
    public IEnumerable<WorldEvent> Between(long from, long to, long now)
    {
        var last = Math.Min(to, now);
        for (var slot = last / Slot; slot >= Math.Max(0, (from - Longest) / Slot); slot--)
        {
            foreach (var item in In(slot))
            {
                if (item.Start <= last && item.End >= from)
                    yield return item;
            }
        }
    }

    /// <summary>The event with an id, if it has begun.</summary>
    public WorldEvent? Find(string id, long now)
    {
        var parts = id.Split('-');
        return parts.Length == 4
            && SlotOf(parts[2]) is { } slot
            ? In(slot).FirstOrDefault(item => item.Id == id && item.Start <= now)
            : null;
    }

    /// <summary>What the events of a window do to values in it.</summary>
    public IReadOnlyList<Effect> Effects(long from, long to) =>
        [.. Slots(from - Longest, to).SelectMany(slot => Story(slot).Effects).Where(effect => effect.From < to && effect.To > from)];

    /// <summary>The releases that started in <c>[from, to]</c>, oldest first.</summary>
    public IEnumerable<Release> Releases(long from, long to) =>
        Slots(from - Slot, to).SelectMany(slot => Story(slot).Releases).Where(release => release.Start >= from && release.Start <= to)
            .OrderBy(release => release.Start);

    /// <summary>The release with an id, if it has started.</summary>
    public Release? FindRelease(string id, long now)
    {
        var parts = id.Split('-');
        return parts.Length == 3 && SlotOf(parts[1]) is { } slot ? Story(slot).Releases.FirstOrDefault(release => release.Id == id && release.Start <= now)
            : null;
    }

    private static IEnumerable<long> Slots(long from, long to)
    {
        for (var slot = Math.Max(0, from / Slot); slot <= to / Slot; slot++)
            yield return slot;
    }

    private static long? SlotOf(string text) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var slot) && slot is >= 0 and < 100_000_000 ? slot : null;

    private List<WorldEvent> In(long slot) => Story(slot).Events;

    private SlotStory Story(long slot)
    {
        if (_cache.TryGetValue(slot, out var known))
            return known;
        if (_cache.Count > MaxCached)
            _cache.Clear();
        return _cache[slot] = Tell(slot);
    }

    private SlotStory Tell(long slot)
    {
        var dice = new Dice(seed, (ulong)slot);
        var story = new SlotStory(slot, slot * Slot, topology);
        // Every two hours something breaks for certain, so that a demo of any day has an incident to show.
        if (slot % 12 == (long)(seed % 12) || dice.Chance(4))
            story.Incident(ref dice);
        if (dice.Chance(30))
            story.HostIssue(ref dice);
        if (dice.Chance(25))
            story.Deployment(ref dice);
        for (var i = dice.Below(3); i > 0; i--)
            story.Kubernetes(ref dice);
        if (dice.Chance(20))
            story.Agent(ref dice);
        story.Events.Sort((a, b) => b.Start.CompareTo(a.Start));
        return story;
    }
}
