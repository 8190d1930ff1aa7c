namespace Granary.Tenants.Vaults.Views;

/// <summary>
/// Positions by the hash of an id: eight bytes a slot, at most three quarters of them taken, and nothing for the garbage collector to follow. It tells
/// where an id may be; the caller reads the event there.
/// </summary>
internal sealed class PositionTable
{
    // Ids with one hash are as good as never so many: more are one id again and again, of which the first counts.
    private const int MaxOfOneHash = 16;
    private const int LeastSlots = 64;

    private ulong[] _slots = new ulong[LeastSlots];
    private int _taken;

    /// <summary>How many positions it holds.</summary>
    public int Count => _taken;

    /// <summary>Adds a position behind all others; those from 2^32 - 1 on are not kept.</summary>
    public void Add(ReadOnlySpan<byte> id, long position)
    {
        if (position >= uint.MaxValue)
            return;
        if (_taken + 1 > _slots.Length / 4 * 3)
            Grow();
        Place(_slots, Slot(Hash(id), position));
    }

    /// <summary>Where the id may stand, in ascending order.</summary>
    public IReadOnlyList<long> Find(ReadOnlySpan<byte> id)
    {
        var hash = Hash(id);
        var found = new List<long>(1);
        for (var at = Home(_slots, hash); _slots[at] != 0; at = Next(_slots, at))
        {
            if (HashOf(_slots[at]) == hash)
                found.Add((long)(uint)_slots[at] - 1);
        }
        found.Sort();
        return found;
    }

    private void Grow()
    {
        var slots = new ulong[_slots.Length * 2];
        _taken = 0;
        foreach (var slot in _slots)
        {
            if (slot != 0)
                Place(slots, slot);
        }
        _slots = slots;
    }

    private void Place(ulong[] slots, ulong slot)
    {
        var same = 0;
        var at = Home(slots, HashOf(slot));
        for (; slots[at] != 0; at = Next(slots, at))
        {
            if (HashOf(slots[at]) == HashOf(slot) && ++same == MaxOfOneHash)
                return;
        }
        slots[at] = slot;
        _taken++;
    }

    /// <summary>Seeded per process, so that ids cannot be chosen to collide.</summary>
    private static uint Hash(ReadOnlySpan<byte> id)
    {
        var hash = new HashCode();
        hash.AddBytes(id);
        return (uint)hash.ToHashCode();
    }

    private static ulong Slot(uint hash, long position) => ((ulong)hash << 32) | (uint)(position + 1);

    private static uint HashOf(ulong slot) => (uint)(slot >> 32);

    private static int Home(ulong[] slots, uint hash) => (int)(hash & (uint)(slots.Length - 1));

    private static int Next(ulong[] slots, int at) => (at + 1) & (slots.Length - 1);
}
