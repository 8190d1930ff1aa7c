using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>A fixed list of names that finds the UTF-8 of a name in a document without making a string of it.</summary>
internal sealed class Utf8Names
{
    private const int Few = 8;

    private readonly byte[][] _names;
    private readonly Dictionary<byte[], int>? _index;

    public Utf8Names(IReadOnlyList<string> names)
    {
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        if (_names.Length <= Few)
            return;
        _index = new Dictionary<byte[], int>(ByteComparer.Instance);
        for (var i = 0; i < _names.Length; i++)
            _index.TryAdd(_names[i], i);
    }

    /// <summary>The name of a property as bytes, with escapes undone.</summary>
    public static ReadOnlySpan<byte> Of(in JsonProperty property)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        return raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(property.Name) : raw;
    }

    /// <summary>The text of a string as bytes, with escapes undone.</summary>
    public static ReadOnlySpan<byte> Of(in JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        return raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(text.GetString()!) : raw[1..^1];
    }

    /// <summary>The place of the name in the list, or −1.</summary>
    public int IndexOf(ReadOnlySpan<byte> name)
    {
        if (_index is not null)
            return _index.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var place) ? place : -1;
        for (var i = 0; i < _names.Length; i++)
        {
            if (name.SequenceEqual(_names[i]))
                return i;
        }
        return -1;
    }

    private sealed class ByteComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByteComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
