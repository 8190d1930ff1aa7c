using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Granary.Vault.Canonical;

internal ref partial struct CanonicalScanner
{
    private void WriteString()
    {
        _at++;
        output.Write((byte)'"');
        while (true)
        {
            var rest = _json[_at..];
            var run = rest.IndexOfAny(StringStops);
            if (run < 0)
                throw Wrong("A string is not closed");
            output.Write(rest[..run]);
            _at += run;
            switch (_json[_at])
            {
                case (byte)'"':
                    _at++;
                    output.Write((byte)'"');
                    return;
                case (byte)'\\':
                    WriteEscape();
                    break;
                default:
                    throw Wrong("A control character in a string must be escaped");
            }
        }
    }

    private void WriteEscape()
    {
        if (_at + 1 >= _json.Length)
            throw Wrong("A string is not closed");
        var kind = _json[_at + 1];
        switch (kind)
        {
            case (byte)'"' or (byte)'\\' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                output.Write((byte)'\\');
                output.Write(kind);
                _at += 2;
                break;
            case (byte)'/':
                output.Write((byte)'/');
                _at += 2;
                break;
            case (byte)'u':
                WriteCodePoint();
                break;
            default:
                throw Wrong("A string holds an unknown escape");
        }
    }

    private void WriteCodePoint()
    {
        var first = ReadHex(_at);
        if (!char.IsSurrogate(first))
        {
            _at += 6;
            JsonString.WriteRune(new Rune(first), output);
            return;
        }
        var paired = char.IsHighSurrogate(first) && _at + 7 < _json.Length && _json[_at + 6] == '\\' && _json[_at + 7] == 'u';
        var second = paired ? ReadHex(_at + 6) : '\0';
        if (!char.IsLowSurrogate(second))
            throw Wrong("A string holds half of a surrogate pair");
        _at += 12;
        JsonString.WriteRune(new Rune(first, second), output);
    }

    private readonly char ReadHex(int at)
    {
        if (at + 6 > _json.Length
            || !Utf8Parser.TryParse(_json.Slice(at + 2, 4), out ushort value, out var read, 'x') || read != 4)
            throw new CanonicalJsonException("A string holds a \\u escape without four hexadecimal digits", at);
        return (char)value;
    }

    private void WriteNumber()
    {
        var start = _at;
        if (Peek() == '-')
            _at++;
        var rest = _json[_at..];
        if (rest.StartsWith("Infinity"u8) || rest.StartsWith("NaN"u8))
            throw new CanonicalJsonException("NaN and infinities are not JSON numbers", start);
        var digits = Digits();
        if (digits == 0)
            throw new CanonicalJsonException("A JSON value is needed here", start);
        if (digits > 1 && _json[_at - digits] == '0')
            throw new CanonicalJsonException("A number must not start with a zero", start);
        var isFloat = false;
        if (_at < _json.Length && _json[_at] == '.')
        {
            isFloat = true;
            _at++;
            if (Digits() == 0)
                throw new CanonicalJsonException("A number needs a digit after its decimal point", start);
        }
        if (_at < _json.Length && _json[_at] is (byte)'e' or (byte)'E')
        {
            isFloat = true;
            _at++;
            if (_at < _json.Length && _json[_at] is (byte)'+' or (byte)'-')
                _at++;
            if (Digits() == 0)
                throw new CanonicalJsonException("A number needs a digit in its exponent", start);
        }
        var token = _json[start.._at];
        if (isFloat)
            WriteFloat(token, start);
        else if (digits > CanonicalJson.MaxIntegerDigits)
            throw new CanonicalJsonException($"An integer has more than {CanonicalJson.MaxIntegerDigits} digits", start);
        else
            output.Write(token.SequenceEqual("-0"u8) ? "0"u8 : token);
    }

    private readonly void WriteFloat(ReadOnlySpan<byte> token, int start)
    {
        var value = double.Parse(token, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value))
            throw new CanonicalJsonException("A number is beyond the range of a double", start);
        PythonFloat.Write(value, output);
    }

    private int Digits()
    {
        var rest = _json[_at..];
        var count = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (count < 0)
            count = rest.Length;
        _at += count;
        return count;
    }
}
