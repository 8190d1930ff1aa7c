using Granary.Bench.Reports;

namespace Granary.Bench.Vaults;

/// <summary>One figure of the reference and ours beside it.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Theirs">The reference's figure in words, with its unit.</param>
/// <param name="Unit">The unit of ours.</param>
/// <param name="Note">How ours differs in what it does; empty where it does not.</param>
/// <param name="Measure">Measures ours once.</param>
internal sealed record ReferenceRow(string What, string Theirs, string Unit, string Note, Func<CancellationToken, Task<double>> Measure)
{
    private readonly Sample _ours = new();

    /// <summary>The head of a table of them.</summary>
    public static string[] Columns => ["what", "reference", "ours, this run", "ours does"];

    /// <summary>Measures once more; the first one, which warms the code, does not count.</summary>
    public async Task RepeatAsync(bool counts, CancellationToken cancellation)
    {
        var figure = await Measure(cancellation);
        if (counts)
            _ours.Add(figure);
    }

    /// <summary>Its row.</summary>
    public string[] Row() => [What, Theirs, $"{_ours.Show(_ours.Median < 100 ? "F3" : "F0")} {Unit}", Note];
}
