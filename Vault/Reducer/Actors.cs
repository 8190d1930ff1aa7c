using System.Runtime.InteropServices;

namespace Granary.Vault.Reducer;

/// <summary>Actors by number: evidence names its actor by a byte or two.</summary>
internal sealed class Actors
{
    private readonly List<byte[]> _names = [];
    private readonly Dictionary<string, int> _numbers = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private int _last = -1;

    public Actors() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Count => _names.Count;

    /// <summary>The name as a canonical string.</summary>
    public ReadOnlySpan<byte> this[int number] => _names[number];

    public int NumberOf(ReadOnlySpan<byte> name)
    {
        // Most events are their predecessor's actor's.
        if (_last >= 0 && name.SequenceEqual(_names[_last]))
            return _last;
        // Bytes as characters of the same value: an exact key without decoding.
        Span<char> key = name.Length <= 256 ? stackalloc char[256] : new char[name.Length];
        key = key[..name.Length];
        for (var i = 0; i < name.Length; i++)
            key[i] = (char)name[i];
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_lookup, key, out var exists);
        if (!exists)
        {
            number = _names.Count;
            _names.Add(name.ToArray());
        }
        return _last = number;
    }
}
