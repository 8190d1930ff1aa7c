namespace Granary.Cli.Hosting;

/// <summary>Finds the name that a slip of the fingers made another one of.</summary>
internal static class Nearest
{
    /// <summary>The nearest of some names, or null where none is near: a third of its letters may be wrong.</summary>
    public static string? Of(string given, IEnumerable<string> names) => names
        .Select(name => (Name: name, Distance: Distance(given, name)))
        .Where(one => one.Distance <= Math.Max(1, Math.Max(one.Name.Length, given.Length) / 3) || IsBeginning(given, one.Name))
        .OrderBy(one => one.Distance).ThenBy(one => one.Name, StringComparer.Ordinal)
        .Select(one => one.Name).FirstOrDefault();

    private static bool IsBeginning(string given, string name) => given.Length > 2 && name.StartsWith(given, StringComparison.OrdinalIgnoreCase);

    // Letters put in, left out, exchanged, and neighbours swapped: optimal string alignment.
    private static int Distance(string x, string y)
    {
        var costs = new int[x.Length + 1][];
        for (var i = 0; i <= x.Length; i++)
            costs[i] = new int[y.Length + 1];
        for (var i = 0; i <= x.Length; i++)
            costs[i][0] = i;
        for (var j = 0; j <= y.Length; j++)
            costs[0][j] = j;
        for (var i = 1; i <= x.Length; i++)
        {
            for (var j = 1; j <= y.Length; j++)
            {
                var change = char.ToUpperInvariant(x[i - 1]) == char.ToUpperInvariant(y[j - 1]) ? 0 : 1;
                costs[i][j] = Math.Min(Math.Min(costs[i - 1][j] + 1, costs[i][j - 1] + 1), costs[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                    costs[i][j] = Math.Min(costs[i][j], costs[i - 2][j - 2] + 1);
            }
        }
        return costs[x.Length][y.Length];
    }
}
