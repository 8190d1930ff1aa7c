using System.Buffers;
using System.Text.Unicode;

namespace Granary.Vault.Canonical;

/// <summary>
/// Tells whether a text is in canonical form already, in one pass that writes nothing. It may say no to what is canonical (unusual floats, keys
/// with escapes); it never says yes to what is not. What was written canonically need not be written again to be read.
/// </summary>
internal ref struct CanonicalCheck
{
    /// <summary>So many significant digits survive a double and come back as they were.</summary>
    private const int SafeDigits = 15;

    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(i => (byte)i)]);

    private readonly ReadOnlySpan<byte> _text;
    private readonly int _maxDepth;
    private int _at;

    private CanonicalCheck(ReadOnlySpan<byte> text, int maxDepth)
    {
        _text = text;
        _maxDepth = maxDepth;
    }

    public static bool Passes(ReadOnlySpan<byte> text, int maxDepth)
    {
        if (!Utf8.IsValid(text))
            return false;
        var check = new CanonicalCheck(text, maxDepth);
        return check.Value(0) && check._at == text.Length;
    }

    private readonly byte Peek() => _at < _text.Length ? _text[_at] : (byte)0;

    private bool Value(int depth) => Peek() switch
    {
        (byte)'{' => Object(depth + 1),
        (byte)'[' => Array(depth + 1),
        (byte)'"' => String(out _),
        (byte)'t' => Literal("true"u8),
        (byte)'f' => Literal("false"u8),
        (byte)'n' => Literal("null"u8),
        _ => Number(),
    };

    private bool Object(int depth)
    {
        if (depth > _maxDepth)
            return false;
        _at++;
        if (Take('}'))
            return true;
        var previous = ReadOnlySpan<byte>.Empty;
        for (var first = true; ; first = false)
        {
            var start = _at + 1;
            if (Peek() != '"' || !String(out var hasEscape) || hasEscape)
                return false;
            var key = _text[start..(_at - 1)];
            if (!first && previous.SequenceCompareTo(key) >= 0)
                return false;
            previous = key;
            if (!Take(':') || !Value(depth))
                return false;
            if (Take('}'))
                return true;
            if (!Take(','))
                return false;
        }
    }

    private bool Array(int depth)
    {
        if (depth > _maxDepth)
            return false;
        _at++;
        if (Take(']'))
            return true;
        while (Value(depth))
        {
            if (Take(']'))
                return true;
            if (!Take(','))
                return false;
        }
        return false;
    }

    private bool String(out bool hasEscape)
    {
        hasEscape = false;
        _at++;
        while (true)
        {
            var run = _text[_at..].IndexOfAny(StringStops);
            if (run < 0)
                return false;
            _at += run;
            if (Take('"'))
                return true;
            if (!Take('\\'))
                return false;
            hasEscape = true;
            if (!Escape())
                return false;
        }
    }

    private bool Escape()
    {
        var kind = Peek();
        _at++;
        if (kind is (byte)'"' or (byte)'\\' or (byte)'b' or (byte)'t' or (byte)'n' or (byte)'f' or (byte)'r')
            return true;
        if (kind != 'u' || _at + 4 > _text.Length || !_text.Slice(_at, 2).SequenceEqual("00"u8))
            return false;
        var (high, low) = (_text[_at + 2], _text[_at + 3]);
        _at += 4;
        var isControl = high is (byte)'0' or (byte)'1' && low is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f');
        var hasShortForm = high == '0' && low is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'c' or (byte)'d';
        return isControl && !(high == '0' && hasShortForm);
    }

    private bool Number()
    {
        var isNegative = Take('-');
        var start = _at;
        var whole = Digits();
        if (whole == 0 || (whole > 1 && _text[start] == '0') || Peek() is (byte)'e' or (byte)'E')
            return false;
        if (!Take('.'))
            return whole <= CanonicalJson.MaxIntegerDigits && !(isNegative && _text[start] == '0');
        var fraction = _text[_at..];
        var length = Digits();
        if (length == 0 || whole + length > SafeDigits || Peek() is (byte)'e' or (byte)'E')
            return false;
        fraction = fraction[..length];
        if (length > 1 && fraction[^1] == '0')
            return false;
        // Below 1e-4 Python writes an exponent.
        return _text[start] != '0' || fraction is [(byte)'0'] || !fraction.StartsWith("0000"u8);
    }

    private int Digits()
    {
        var count = _text[_at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (count < 0)
            count = _text.Length - _at;
        _at += count;
        return count;
    }

    private bool Literal(ReadOnlySpan<byte> literal)
    {
        var found = _text[_at..].StartsWith(literal);
        _at += literal.Length;
        return found;
    }

    private bool Take(char expected)
    {
        if (Peek() != expected)
            return false;
        _at++;
        return true;
    }
}
