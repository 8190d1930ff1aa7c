using System.Globalization;

namespace Granary.Bench.Reports;

/// <summary>Repeated measurements of one figure.</summary>
internal sealed class Sample
{
    private readonly List<double> _values = [];

    /// <summary>Adds one measurement.</summary>
    public void Add(double value) => _values.Add(value);

    /// <summary>How many there are.</summary>
    public int Count => _values.Count;

    /// <summary>The middle one, or the mean of the middle two.</summary>
    public double Median
    {
        get
        {
            if (_values.Count == 0)
                return double.NaN;
            var sorted = _values.Order().ToArray();
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>The smallest.</summary>
    public double Min => _values.Count == 0 ? double.NaN : _values.Min();

    /// <summary>The largest.</summary>
    public double Max => _values.Count == 0 ? double.NaN : _values.Max();

    /// <summary>Median and range: <c>12.3 (11.9–13.0)</c>.</summary>
    public string Show(string format) => string.Create(CultureInfo.InvariantCulture, $"{Text(Median, format)} ({Text(Min, format)}–{Text(Max, format)})");

    /// <summary>A ratio per repeat to another sample measured beside this one.</summary>
    public Sample Over(Sample other) => With(other, (a, b) => a / b);

    /// <summary>A difference per repeat to another sample measured beside this one.</summary>
    public Sample Less(Sample other) => With(other, (a, b) => a - b);

    private Sample With(Sample other, Func<double, double, double> figure)
    {
        var figures = new Sample();
        foreach (var (a, b) in _values.Zip(other._values))
            figures.Add(figure(a, b));
        return figures;
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
