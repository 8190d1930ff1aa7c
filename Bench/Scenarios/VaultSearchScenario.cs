using System.Diagnostics;
using System.Text.Json;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;
using Granary.Bench.Vaults;
using Granary.Tenants;
using Granary.Tenants.Vaults;

namespace Granary.Bench.Scenarios;

/// <summary>Full-text search of a vault of a million events: how long the index takes to build, how large it is, and how long a search takes.</summary>
internal sealed class VaultSearchScenario : OwnProcessScenario
{
    private const int Searches = 400;
    private const double MaxSize = 0.5;
    private const double MaxP99 = 50;
    private const double Megabyte = 1024 * 1024;

    public override string Name => "vault-search";

    public override string Title => "Full-text search of a million events";

    protected override async Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation)
    {
        var prose = new Prose(1);
        var events = context.Options.Quick ? 50_000 : 1_000_000;
        await new PsmcShape().FillAsync(VaultShape.Store(folder, "texts"), events, cancellation, _ => prose.Event());
        var log = Directory.EnumerateFiles(Path.Combine(folder, "vaults"), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) / Megabyte;
        Progress.Say($"{events} events written, {log:F0} MB");

        await using var vault = VaultShape.Activate(folder, "texts");
        await vault.GetHeadAsync(cancellation);
        var build = await SearchAsync(vault, prose.Word(), cancellation);
        var index = IndexBytes() / Megabyte;
        Progress.Say($"index built in {build / 1000:F1} s, {index:F0} MB");
        (string What, Func<string> Query)[] kinds =
        [
            ("one word", prose.Word),
            ("two words", () => $"{prose.Word()} {prose.Word()}"),
            ("one of three", () => $"{prose.Word()} OR {prose.Word()} OR {prose.Word()}"),
            ("a beginning", () => $"{prose.Word()[..3]}*"),
            ("a word, another not", () => $"{prose.Word()} -{prose.Word()}"),
        ];
        List<string[]> rows = [];
        List<double> all = [];
        foreach (var (what, query) in kinds)
        {
            List<double> times = [];
            for (var i = 0; i < Searches; i++)
                times.Add(await SearchAsync(vault, query(), cancellation));
            rows.Add([what, $"{Quantile(times, 0.5):F1}", $"{Quantile(times, 0.99):F1}", $"{times.Max():F1}"]);
            all.AddRange(times);
        }
        section.Paragraph(
            $"A PSMC vault of {events} events of 24 words each, the word of rank r in proportion to 1/r among 30 000; {log:F0} MB in files. The index is built by the first search: "
            + $"{build / 1000:F1} s, {events / build * 1000:F0} events/s. Each search is a whole call of the activation: the index caught up, matches ranked, 50 events read from the log, snippets made; "
            + $"{Searches} of each kind, its words drawn as the texts' are, so that common ones are common.");
        section.Table(["search", "p50 ms", "p99 ms", "longest ms"], rows);
        section.Targets(
        [
            new("p99 of all searches", $"≤ {MaxP99} ms", $"{Quantile(all, 0.99):F1} ms", Quantile(all, 0.99) <= MaxP99),
            new("size of the index over that of the log", $"≤ {MaxSize}", $"{index / log:F2} ({index:F0} MB)", index / log <= MaxSize),
        ]);
    }

    /// <returns>How long it took, in milliseconds.</returns>
    private static async Task<double> SearchAsync(VaultActivation vault, string query, CancellationToken cancellation)
    {
        var call = new VaultCall("search_events", JsonSerializer.SerializeToUtf8Bytes(new { query }));
        var begin = Stopwatch.GetTimestamp();
        await vault.RunAsync(call, null, cancellation);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static double Quantile(IEnumerable<double> values, double q)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)((sorted.Length - 1) * q)];
    }

    /// <summary>SQLite's temporary file has no name any more; what it is open as still has a size.</summary>
    private static long IndexBytes() => Directory.EnumerateFiles("/proc/self/fd")
        .Where(file => new FileInfo(file).LinkTarget?.Contains("/etilqs_", StringComparison.Ordinal) == true)
        .Sum(file => { using var open = File.OpenHandle(file); return RandomAccess.GetLength(open); });
}
