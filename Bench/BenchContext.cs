using Granary.Bench.Reports;

namespace Granary.Bench;

/// <summary>What every scenario needs.</summary>
internal sealed record BenchContext(BenchOptions Options, Layout Layout, Machine Machine)
{
    /// <summary>Says what is going on, on standard error: standard output is the result.</summary>
    public static void Say(string text) => Console.Error.WriteLine($"   {text}");
}
