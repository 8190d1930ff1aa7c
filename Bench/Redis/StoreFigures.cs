using Granary.Bench.Reports;

namespace Granary.Bench.Redis;

/// <summary>The repeats of one variant.</summary>
internal sealed class StoreFigures(string name)
{
    private readonly Sample _redis = new();
    private readonly Sample _client = new();
    private readonly Sample _p50 = new();
    private readonly Sample _p99 = new();

    /// <summary>The head of a table of them.</summary>
    public static string[] Columns => ["what", "per second", "Redis CPU µs each", "client CPU µs each", "p50 ms", "p99 ms"];

    /// <summary>Operations a second.</summary>
    public Sample Rate { get; } = new();

    /// <summary>Takes one repeat.</summary>
    public void Record(StoreResult result)
    {
        Rate.Add(result.Rate);
        _redis.Add(result.RedisCpu);
        _client.Add(result.ClientCpu);
        _p50.Add(result.Latencies.Quantile(0.5) / 1_000);
        _p99.Add(result.Latencies.Quantile(0.99) / 1_000);
    }

    /// <summary>Its row.</summary>
    public string[] Row() =>
    [
        name, Rate.Show("F0"), _redis.Show("F1"), _client.Show("F1"),
        double.IsNaN(_p50.Median) ? "" : _p50.Show("F2"), double.IsNaN(_p99.Median) ? "" : _p99.Show("F2")
    ];
}
