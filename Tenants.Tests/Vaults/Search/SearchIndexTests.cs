using System.Globalization;
using System.Text;
using Granary.Tenants.Vaults.Search;
using Granary.Vault.Storage;

namespace Granary.Tenants.Tests.Vaults.Search;

/// <summary>An index of several parts is one index.</summary>
public sealed class SearchIndexTests(SearchIndexTests.Shared shared) : IClassFixture<SearchIndexTests.Shared>
{
    private const int Events = (2 * SearchPart.MostEvents) + 1000;
    private const int Day = SearchPart.MostEvents / 2;

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SearchFilter All = new(null, null, null, null, null);

    [Fact]
    public void A_rare_word_is_found_in_every_part_and_at_their_edges()
    {
        foreach (var position in (int[])[0, 1, SearchPart.MostEvents - 1, SearchPart.MostEvents, (2 * SearchPart.MostEvents) - 1, 2 * SearchPart.MostEvents, Events - 1])
            Found($"n{position}").ShouldBe([position]);
        Found($"n0 OR n{SearchPart.MostEvents} OR n{Events - 1}").Order().ShouldBe([0, SearchPart.MostEvents, Events - 1]);
        Found("tenthousandth").Order().ShouldBe(Enumerable.Range(0, Events).Where(i => i % 10_000 == 0).Select(i => (long)i));
    }

    [Fact]
    public void Of_a_common_word_the_newest_are_ranked_across_parts()
    {
        Found("common").Order().ShouldBe(Enumerable.Range(Events - SearchIndex.MostRanked, SearchIndex.MostRanked).Select(i => (long)i));
        // Fewer than those that are ranked, and more than the newest part has.
        Found("hundredth").Count.ShouldBe((Events + 99) / 100);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(SearchPart.MostEvents - 1)]
    [InlineData(SearchPart.MostEvents)]
    [InlineData(SearchPart.MostEvents + 1)]
    [InlineData(2 * SearchPart.MostEvents)]
    public void What_came_after_the_end_is_not_there(int end) =>
        Found("hundredth", All, end).Order().ShouldBe(Enumerable.Range(0, end).Where(i => i % 100 == 0).Select(i => (long)i));

    [Fact]
    public void Times_and_conditions_hold_in_every_part()
    {
        var (first, last) = (SearchPart.MostEvents - 50, SearchPart.MostEvents + 50);
        Found("common", All with { After = Begin.AddSeconds(first), Before = Begin.AddSeconds(last) }).Order()
            .ShouldBe(Enumerable.Range(first, last - first + 1).Select(i => (long)i));
        Found("hundredth", All with { Type = "odd" }).ShouldBeEmpty();
        Found("hundredth", All with { Type = "even", Before = Begin.AddSeconds(Day) }).Count.ShouldBe((Day / 100) + 1);
    }

    [Fact]
    public void What_is_removed_from_an_older_part_is_not_found()
    {
        using var index = Build(SearchPart.MostEvents + 2);
        index.Remove(SearchPart.MostEvents - 1);
        index.Remove(SearchPart.MostEvents);
        Find(index, $"n{SearchPart.MostEvents - 1} OR n{SearchPart.MostEvents}", All, SearchPart.MostEvents + 2).ShouldBeEmpty();
        Find(index, $"n{SearchPart.MostEvents - 2} OR n{SearchPart.MostEvents + 1}", All, SearchPart.MostEvents + 2).Order()
            .ShouldBe([SearchPart.MostEvents - 2, SearchPart.MostEvents + 1]);
    }

    [Fact]
    public void A_cancelled_search_is_not_answered()
    {
        using var gone = new CancellationTokenSource();
        gone.Cancel();
        Should.Throw<OperationCanceledException>(() => shared.Index.Find(SearchQuery.Parse("common"), All, Events, gone.Token));
    }

    private static ReadOnlyMemory<byte> Line(int i) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"data":{"text":"common n{{i}}{{(i % 100 == 0 ? " hundredth" : "")}}{{(i % 10_000 == 0 ? " tenthousandth" : "")}}"},"id":"{{i}}","timestamp":"{{Begin.AddSeconds(i):yyyy-MM-ddTHH:mm:ssZ}}","type":"{{(i % 2 == 0 ? "even" : "odd")}}"}"""));

    private static SearchIndex Build(int events)
    {
        var index = new SearchIndex();
        // Pages that cross from one part into the next, too.
        for (var at = 0; at < events; at += 1000)
            index.Add(new LogPage(at, [.. Enumerable.Range(at, Math.Min(1000, events - at)).Select(Line)])).ShouldBeEmpty();
        return index;
    }

    private static List<long> Find(SearchIndex index, string query, SearchFilter filter, long end) =>
        [.. index.Find(SearchQuery.Parse(query), filter, end, CancellationToken.None).Select(match => match.Position)];

    private List<long> Found(string query, SearchFilter? filter = null, long end = Events) => Find(shared.Index, query, filter ?? All, end);

    /// <summary>One that no test changes.</summary>
    public sealed class Shared : IDisposable
    {
        internal SearchIndex Index { get; } = Build(Events);

        public void Dispose() => Index.Dispose();
    }
}
