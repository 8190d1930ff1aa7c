using Granary.Bench.Reports;

namespace Granary.Bench.Vaults;

/// <summary>The repeats of one kind of appends through the library.</summary>
internal sealed class StormFigures(string name)
{
    private readonly Sample _cpu = new();
    private readonly Sample _p50 = new();
    private readonly Sample _p99 = new();

    /// <summary>The head of a table of them.</summary>
    public static string[] Columns => ["what", "per second", "CPU µs each", "p50 ms", "p99 ms"];

    /// <summary>What was measured.</summary>
    public string Name => name;

    /// <summary>Appends a second.</summary>
    public Sample Rate { get; } = new();

    /// <summary>Takes one repeat.</summary>
    public void Record(StormResult result)
    {
        Rate.Add(result.Rate);
        _cpu.Add(result.Cpu);
        _p50.Add(result.Latencies.Quantile(0.5) / 1_000);
        _p99.Add(result.Latencies.Quantile(0.99) / 1_000);
    }

    /// <summary>Its row.</summary>
    public string[] Row() => [name, Rate.Show("F0"), _cpu.Show("F1"), _p50.Show("F1"), _p99.Show("F1")];
}
