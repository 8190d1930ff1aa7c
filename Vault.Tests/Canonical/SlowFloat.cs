using System.Globalization;

namespace Granary.Vault.Tests.Canonical;

/// <summary>Python's <c>repr</c> of a double, found by trying: the fewest digits that read back, laid out by its two rules.</summary>
internal static class SlowFloat
{
    public static string Show(double value)
    {
        var (sign, size) = (double.IsNegative(value) ? "-" : "", Math.Abs(value));
        if (size == 0)
            return sign + "0.0";
        var digits = 1;
        while (double.Parse(size.ToString($"E{digits - 1}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) != size)
            digits++;
        var parts = size.ToString($"E{digits - 1}", CultureInfo.InvariantCulture).Split('E');
        var (mantissa, exponent) = (parts[0], int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        return exponent is >= -4 and < 16 ? sign + Fixed(mantissa, exponent) : $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static string Fixed(string mantissa, int exponent)
    {
        var digits = mantissa.Replace(".", "");
        if (exponent < 0)
            return $"0.{new string('0', -exponent - 1)}{digits}";
        digits = digits.PadRight(exponent + 2, '0');
        return $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
