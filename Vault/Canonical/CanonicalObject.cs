namespace Granary.Vault.Canonical;

/// <summary>The members of an object that is known to be canonical, in their order. Keys and values are views of its bytes.</summary>
public ref struct CanonicalObject
{
    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private int _keyStart;
    private int _keyEnd;
    private int _valueStart;

    /// <summary>Reads an object, whose bytes start with <c>{</c> and end with <c>}</c>.</summary>
    public CanonicalObject(ReadOnlySpan<byte> canonical)
    {
        _text = canonical;
        _at = 1;
    }

    /// <summary>The current key as written, without quotes: keys with escapes keep them.</summary>
    public readonly ReadOnlySpan<byte> Key => _text[(_keyStart + 1)..(_keyEnd - 1)];

    /// <summary>The current value's canonical bytes.</summary>
    public readonly ReadOnlySpan<byte> Value => _text[_valueStart.._at];

    /// <summary>Where the current member starts in the object's bytes.</summary>
    public readonly int Start => _keyStart;

    /// <summary>Where the current member ends.</summary>
    public readonly int End => _at;

    /// <summary>Moves to the next member.</summary>
    public bool MoveNext()
    {
        if (_text[_at] == ',')
            _at++;
        if (_text[_at] == '}')
            return false;
        _keyStart = _at;
        _keyEnd = EndOfValue(_text, _at);
        _valueStart = _keyEnd + 1;
        _at = EndOfValue(_text, _valueStart);
        return true;
    }

    /// <summary>Finds a member's value; false leaves <paramref name="value"/> empty.</summary>
    public static bool TryGet(ReadOnlySpan<byte> canonical, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var members = new CanonicalObject(canonical);
        while (members.MoveNext())
        {
            if (members.Key.SequenceEqual(key))
            {
                value = members.Value;
                return true;
            }
        }
        value = default;
        return false;
    }

    /// <summary>Where the value that starts at <paramref name="at"/> ends.</summary>
    internal static int EndOfValue(ReadOnlySpan<byte> text, int at)
    {
        switch (text[at])
        {
            case (byte)'"':
                return EndOfString(text, at);
            case (byte)'{' or (byte)'[':
                return EndOfContainer(text, at);
            default:
                var length = text[at..].IndexOfAny((byte)',', (byte)'}', (byte)']');
                return length < 0 ? text.Length : at + length;
        }
    }

    private static int EndOfString(ReadOnlySpan<byte> text, int at)
    {
        at++;
        while (true)
        {
            at += text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (text[at] == '"')
                return at + 1;
            at += 2;
        }
    }

    private static int EndOfContainer(ReadOnlySpan<byte> text, int at)
    {
        var depth = 0;
        while (true)
        {
            at += text[at..].IndexOfAny("\"{}[]"u8);
            switch (text[at])
            {
                case (byte)'"':
                    at = EndOfString(text, at);
                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }
            at++;
            if (depth == 0)
                return at;
        }
    }
}
