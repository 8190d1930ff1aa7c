namespace Granary.Scenarios.Load;

/// <summary>Shares by rank: the one of rank n has one n-th of the first's.</summary>
internal static class ZipfLaw
{
    /// <summary>The weights of so many ranks, where the first of all has 1.</summary>
    /// <param name="first">The first rank, from 1.</param>
    /// <param name="count">How many ranks.</param>
    public static double[] Weights(int first, int count) => [.. Enumerable.Range(first, count).Select(rank => 1.0 / rank)];

    /// <summary>So many turns by weight, each one's as far apart as can be: who was given least of what is due has the next turn.</summary>
    /// <returns>Places in the list of weights.</returns>
    public static IEnumerable<int> Turns(IReadOnlyList<double> weights, int count)
    {
        var total = weights.Sum();
        var due = new double[weights.Count];
        for (var turn = 0; turn < count; turn++)
        {
            var next = 0;
            for (var i = 0; i < due.Length; i++)
            {
                due[i] += weights[i] / total;
                if (due[i] > due[next])
                    next = i;
            }
            due[next]--;
            yield return next;
        }
    }
}
