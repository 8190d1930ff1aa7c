using System.Globalization;

namespace Granary.Vault.Canonical;

/// <summary>A double as Python's <c>repr</c> lays it out: shortest digits that read back, fixed notation from 1e-4 up to 1e16.</summary>
public static class PythonFloat
{
    /// <summary>Appends a finite value.</summary>
    public static void Write(double value, PooledBuffer output)
    {
        Span<byte> shortest = stackalloc byte[32];
        // The digits are the shortest that read back; the layout is .NET's own, so only digits and exponent are used.
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[32];
        var (count, exponent) = Split(shortest[..length], digits);
        if (double.IsNegative(value))
            output.Write((byte)'-');
        if (count == 0)
            output.Write("0.0"u8);
        else if (exponent is >= -4 and < 16)
            WriteFixed(digits[..count], exponent, output);
        else
            WriteScientific(digits[..count], exponent, output);
    }

    /// <summary>Significant digits without leading and trailing zeros, and the decimal exponent of the first one.</summary>
    private static (int Count, int Exponent) Split(ReadOnlySpan<byte> text, Span<byte> digits)
    {
        var mark = text.IndexOf((byte)'E');
        var exponent = mark < 0 ? 0 : int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? text : text[..mark];
        var count = 0;
        var afterPoint = false;
        var first = exponent;
        foreach (var c in mantissa)
        {
            if (c == '.')
                afterPoint = true;
            if (c is < (byte)'0' or > (byte)'9')
                continue;
            if (count == 0 && c == '0')
            {
                first -= afterPoint ? 1 : 0;
                continue;
            }
            if (count == 0 && afterPoint)
                first--;
            else if (count > 0 && !afterPoint)
                first++;
            digits[count++] = c;
        }
        while (count > 0 && digits[count - 1] == '0')
            count--;
        return (count, first);
    }

    private static void WriteFixed(ReadOnlySpan<byte> digits, int exponent, PooledBuffer output)
    {
        if (exponent < 0)
        {
            output.Write("0.000"u8[..(1 - exponent)]);
            output.Write(digits);
            return;
        }
        for (var i = 0; i <= exponent; i++)
            output.Write(i < digits.Length ? digits[i] : (byte)'0');
        output.Write((byte)'.');
        if (digits.Length > exponent + 1)
            output.Write(digits[(exponent + 1)..]);
        else
            output.Write((byte)'0');
    }

    private static void WriteScientific(ReadOnlySpan<byte> digits, int exponent, PooledBuffer output)
    {
        output.Write(digits[0]);
        if (digits.Length > 1)
        {
            output.Write((byte)'.');
            output.Write(digits[1..]);
        }
        output.Write((byte)'e');
        output.Write(exponent < 0 ? (byte)'-' : (byte)'+');
        Math.Abs(exponent).TryFormat(output.GetSpan(8), out var written, "00", CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
