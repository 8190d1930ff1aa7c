namespace Granary.Bench.Load;

/// <summary>Load before anything is measured.</summary>
internal static class WarmUp
{
    private const int MaxRounds = 12;
    private const double Steady = 0.95;

    /// <summary>
    /// Calls until two rounds in a row cost hardly less than the cheapest before: code that the server has not compiled for good yet, and counts meanwhile, is several times as
    /// dear, and on one processor that lasts for a quarter of a minute.
    /// </summary>
    /// <param name="round">Calls for a while, and returns what a call cost the server in CPU.</param>
    public static async Task RunAsync(Func<Task<double>> round)
    {
        var cheapest = double.MaxValue;
        for (int rounds = 0, alike = 0; rounds < MaxRounds && alike < 2; rounds++)
        {
            var cost = await round();
            alike = cost < cheapest * Steady ? 0 : alike + 1;
            cheapest = Math.Min(cheapest, cost);
        }
    }
}
