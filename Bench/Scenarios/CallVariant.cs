using Granary.Bench.Load;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;

namespace Granary.Bench.Scenarios;

/// <summary>One server asked one thing, and what that cost.</summary>
internal sealed record CallVariant(string Name, ServerProcess Server, RequestTemplate Request, bool EchoesId, int Connections)
{
    /// <summary>Processes whose CPU counts beside the server's.</summary>
    public int[] Beside { get; init; } = [];

    public Sample Cpu { get; } = new();

    public Sample Rate { get; } = new();

    public Sample P50 { get; } = new();

    public Sample P99 { get; } = new();

    /// <summary>Measures them in turn, so that what the machine does besides falls on all of them.</summary>
    public static async Task MeasureAsync(IReadOnlyList<CallVariant> variants, BenchOptions options, CancellationToken cancellation)
    {
        foreach (var variant in variants)
            await WarmUp.RunAsync(async () => (await variant.RunAsync(options.WarmUp, cancellation)).CpuPerRequest);
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            foreach (var variant in variants)
                variant.Record(await variant.RunAsync(options.Duration, cancellation));
            Progress.Say($"repeat {repeat}: {string.Join(", ", variants.Select(v => $"{v.Name} {v.Cpu.Median:F1} µs"))}");
        }
    }

    public async Task<LoadResult> RunAsync(TimeSpan duration, CancellationToken cancellation)
    {
        var beside = new CpuMeter(Beside);
        var result = await new LoadGenerator(Server).RunAsync([Request], Connections, () => LoadBudget.For(duration), EchoesId, cancellation);
        return result with { CpuMicroseconds = result.CpuMicroseconds + beside.Read().Sum() };
    }

    /// <summary>Its row of a table: name, CPU and rate, and how long a call took.</summary>
    public string[] Row() => [Name, Cpu.Show("F1"), Rate.Show("F0"), P50.Show("F0"), P99.Show("F0")];

    public void Record(LoadResult result)
    {
        Cpu.Add(result.CpuPerRequest);
        Rate.Add(result.Rate);
        P50.Add(result.Latencies.Quantile(0.5));
        P99.Add(result.Latencies.Quantile(0.99));
    }
}
