using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;

namespace Granary.Vault.Reducer;

/// <summary>
/// Beliefs by key: found by their bytes without making an object, and listed in the order of canonical keys, which is kept as keys are added.
/// </summary>
internal sealed class BeliefTable
{
    private readonly Dictionary<byte[], Belief> _byKey = new(KeyComparer.Instance);
    private readonly Dictionary<byte[], Belief>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly List<Belief> _added = [];
    private Belief[] _inOrder = [];

    public BeliefTable() => _lookup = _byKey.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count => _byKey.Count;

    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out Belief belief) => _lookup.TryGetValue(key, out belief);

    public Belief GetOrAdd(ReadOnlySpan<byte> key)
    {
        if (_lookup.TryGetValue(key, out var belief))
            return belief;
        belief = new Belief(key.ToArray());
        Add(belief);
        return belief;
    }

    public void Add(Belief belief)
    {
        _byKey.Add(belief.Key, belief);
        _added.Add(belief);
    }

    /// <summary>All beliefs by the bytes of their keys. Costs what was added since the last time, not the table.</summary>
    public IReadOnlyList<Belief> InOrder()
    {
        if (_added.Count == 0)
            return _inOrder;
        _added.Sort(static (x, y) => x.Key.AsSpan().SequenceCompareTo(y.Key));
        var merged = new Belief[_inOrder.Length + _added.Count];
        for (int i = 0, old = 0, added = 0; i < merged.Length; i++)
        {
            var takesOld = added == _added.Count
                || (old < _inOrder.Length && _inOrder[old].Key.AsSpan().SequenceCompareTo(_added[added].Key) < 0);
            merged[i] = takesOld ? _inOrder[old++] : _added[added++];
        }
        _added.Clear();
        return _inOrder = merged;
    }

    /// <summary>Where in <see cref="InOrder"/> the first key beyond this one stands.</summary>
    public int Beyond(ReadOnlySpan<byte> key)
    {
        InOrder();
        var (low, high) = (0, _inOrder.Length);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (_inOrder[middle].Key.AsSpan().SequenceCompareTo(key) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        // Keys come from clients: a seed of this process keeps keys from being chosen to collide.
        private static readonly long Seed = BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(long)));

        public static KeyComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)XxHash3.HashToUInt64(alternate, Seed);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
