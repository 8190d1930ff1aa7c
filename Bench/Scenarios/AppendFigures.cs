using Granary.Bench.Load;
using Granary.Bench.Reports;

namespace Granary.Bench.Scenarios;

/// <summary>The repeats of one kind of appends over HTTP.</summary>
internal sealed class AppendFigures
{
    private readonly Sample _cpu = new();
    private readonly Sample _p50 = new();
    private readonly Sample _p99 = new();

    /// <summary>Appends a second.</summary>
    public Sample Rate { get; } = new();

    /// <summary>Takes one repeat.</summary>
    public void Record(LoadResult result)
    {
        Rate.Add(result.Rate);
        _cpu.Add(result.CpuPerRequest);
        _p50.Add(result.Latencies.Quantile(0.5) / 1_000);
        _p99.Add(result.Latencies.Quantile(0.99) / 1_000);
    }

    /// <summary>Name, rate, gateway CPU, p50 and p99, with what stands between the last three.</summary>
    public string[] Row(string name, params string[] more) => [name, Rate.Show("F0"), _cpu.Show("F0"), .. more, _p50.Show("F1"), _p99.Show("F1")];
}
