using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Tenants.Tests.Support;
using Granary.Tenants.Vaults.Search;

namespace Granary.Tenants.Tests.Vaults.Search;

/// <summary><c>search_events</c> with a <c>query</c>: what is found, in what order, and what never is.</summary>
public sealed class SearchTests : IAsyncLifetime
{
    private readonly TestTenants _tenants = new();

    private IVault Notes => _tenants["notes"];

    private IVault Pack => _tenants["pack"];

    public async Task InitializeAsync()
    {
        await Notes.CreateAsync(default);
        await Pack.CreateAsync(new VaultCreation { Format = "backpack", Quorum = true }, default);
    }

    public Task DisposeAsync() => _tenants.DisposeAsync().AsTask();

    [Theory]
    [InlineData("deploy", "0 2")]
    [InlineData("DEPLOY", "0 2")]
    [InlineData("creme", "1")]
    [InlineData("Crème", "1")]
    [InlineData("deploy failed", "0")]
    [InlineData("\"failed deploy\"", "")]
    [InlineData("\"deploy failed\"", "0")]
    [InlineData("dep*", "0 2")]
    [InlineData("\"the deploy\"*", "0")]
    [InlineData("deploy -failed", "2")]
    [InlineData("deploy -\"deploy failed\"", "2")]
    [InlineData("failed OR brulee", "0 1")]
    [InlineData("deploy failed OR worked", "0 2")]
    [InlineData("OR deploy", "0 2")]
    [InlineData("4711", "1")]
    [InlineData("nested", "2")]
    [InlineData("urgent", "0")]
    [InlineData("subject", "")]
    [InlineData("zürich", "2")]
    public async Task Words_are_found_wherever_they_stand_in_an_event(string query, string positions)
    {
        await Notes.AppendAsync(TestTenants.Note("""{"text":"The deploy failed."}""") with { Tags = ["urgent"] }, default);
        await Notes.AppendAsync(TestTenants.Note("""{"subject":"dessert","dish":"Crème brûlée","count":4711}"""), default);
        await Notes.AppendAsync(TestTenants.Note("""{"deep":[{"er":"nested in Zürich"}],"text":"deploy worked"}"""), default);
        var found = await SearchAsync(Notes, query);
        Positions(found).Order().ShouldBe(positions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse));
        found.GetProperty("total").GetInt64().ShouldBe(found.GetProperty("count").GetInt64());
        found.GetProperty("total_relation").GetString().ShouldBe("eq");
        found.GetProperty("events").GetArrayLength().ShouldBe(found.GetProperty("hits").GetArrayLength());
    }

    [Fact]
    public async Task The_best_come_first_and_of_equals_the_newest()
    {
        await Notes.AppendAsync(TestTenants.Note("""{"text":"a long text in which the word disk stands once among very many others that say nothing of it"}"""), default);
        await Notes.AppendAsync(TestTenants.Note("""{"text":"disk"}"""), default);
        await Notes.AppendAsync(TestTenants.Note("""{"text":"disk"}"""), default);
        foreach (var _ in Enumerable.Range(0, 6))
            await Notes.AppendAsync(TestTenants.Note("""{"text":"other"}"""), default);
        var found = await SearchAsync(Notes, "disk");
        Positions(found).ShouldBe([2, 1, 0]);
        var scores = found.GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("score").GetDouble()).ToList();
        scores[0].ShouldBe(scores[1]);
        scores[1].ShouldBeGreaterThan(scores[2]);
        found.GetProperty("events")[0].GetProperty("id").GetString().ShouldBe(found.GetProperty("hits")[0].GetProperty("event_id").GetString());
    }

    [Fact]
    public async Task An_event_is_found_as_soon_as_it_is_appended()
    {
        foreach (var i in Enumerable.Range(0, 5))
        {
            await Notes.AppendAsync(TestTenants.Note($$"""{"text":"common only{{i}}"}"""), default);
            Positions(await SearchAsync(Notes, $"only{i}")).ShouldBe([i]);
            Positions(await SearchAsync(Notes, "common")).Count().ShouldBe(i + 1);
        }
    }

    [Fact]
    public async Task Conditions_beside_the_words_hold_exactly()
    {
        await Pack.AppendAsync(Observation("door", "open") with { Actor = "ada", Namespace = "local" }, default);
        await Pack.AppendAsync(Observation("door", "shut") with { Actor = "ADA" }, default);
        await Pack.AppendAsync(new AppendEvent("com.example.door", """{"text":"door"}"""u8.ToArray()) { Actor = "ada\" OR \"" }, default);
        (await FoundAsync("door")).ShouldBe([2, 3, 4]);
        (await FoundAsync("door", """,'actor':'ada'""")).ShouldBe([2]);
        (await FoundAsync("door", """,'actor':'ADA'""")).ShouldBe([3]);
        (await FoundAsync("door", """,'actor':'ada\' OR \''""")).ShouldBe([4]);
        (await FoundAsync("door", """,'event_type':'OBSERVATION'""")).ShouldBe([2, 3]);
        (await FoundAsync("door", """,'namespace':'local'""")).ShouldContain(2);
        (await FoundAsync("door", """,'event_type':'OBSERVATION','actor':'nobody'""")).ShouldBeEmpty();
        // Actors and types are no text.
        (await FoundAsync("ada")).ShouldBeEmpty();

        async Task<IEnumerable<long>> FoundAsync(string query, string more = "") =>
            Positions(await SearchAsync(Pack, query, more.Replace("\\'", "\\\"", StringComparison.Ordinal).Replace('\'', '"'))).Order();
    }

    [Fact]
    public async Task Times_are_inclusive()
    {
        foreach (var i in Enumerable.Range(0, 3))
            await Notes.AppendAsync(TestTenants.Note($$"""{"text":"tick {{i}}"}"""), default);
        var times = (await Notes.RunAsync("list_events")).GetProperty("events").Texts("timestamp").ToList();
        Positions(await SearchAsync(Notes, "tick", $$""","after":"{{times[1]}}" """)).Order().ShouldBe([1, 2]);
        Positions(await SearchAsync(Notes, "tick", $$""","before":"{{times[1]}}" """)).Order().ShouldBe([0, 1]);
        Positions(await SearchAsync(Notes, "tick", $$""","after":"{{times[1]}}","before":"{{times[1]}}" """)).ShouldBe([1]);
        (await Notes.RefusedAsync("search_events", """{"query":"tick","after":"soon"}""")).Message.ShouldContain("after must be a time");
    }

    [Fact]
    public async Task Pages_follow_each_other_and_know_nothing_of_what_came_since()
    {
        foreach (var i in Enumerable.Range(0, 25))
            await Notes.AppendAsync(TestTenants.Note($$"""{"text":"page {{i}}"}"""), default);
        var (seen, cursor) = (new List<long>(), (string?)"");
        for (var page = 0; cursor is not null; page++)
        {
            var found = await SearchAsync(Notes, "page", $$""","limit":10{{(cursor.Length > 0 ? $$""","cursor":"{{cursor}}" """ : "")}}""");
            found.GetProperty("total").GetInt64().ShouldBe(25);
            seen.AddRange(Positions(found));
            cursor = found.GetProperty("next_cursor").GetString();
            await Notes.AppendAsync(TestTenants.Note("""{"text":"page of later"}"""), default);
        }
        seen.Order().ShouldBe(Enumerable.Range(0, 25).Select(i => (long)i));
    }

    [Fact]
    public async Task What_is_redacted_or_encrypted_is_not_found()
    {
        var open = await Pack.AppendAsync(Observation("secret", "plain"), default);
        await Pack.AppendAsync(Observation("secret", "hidden") with { Encrypt = true }, default);
        var last = await Pack.AppendAsync(Observation("secret", "last"), default);
        Positions(await SearchAsync(Pack, "secret")).Order().ShouldBe([open.Position, last.Position]);
        // One that the index knew, and one that it sees for the first time with its redaction.
        await RedactAsync(open);
        Positions(await SearchAsync(Pack, "secret")).ShouldBe([last.Position]);
        var soon = await Pack.AppendAsync(Observation("secret", "soon"), default);
        await RedactAsync(soon);
        await RedactAsync(last);
        Positions(await SearchAsync(Pack, "secret")).ShouldBeEmpty();
        (await SearchAsync(Pack, "plain OR hidden OR soon")).GetProperty("total").GetInt64().ShouldBe(0);
        // The redaction itself says that it was, and of which event.
        Positions(await SearchAsync(Pack, "GDPR_ERASURE")).Count().ShouldBe(3);
        // Nor by an index that is built from the log as it is now.
        await _tenants.Host.DisposeAsync();
        await using var again = new TestTenants(folder: _tenants.Folder);
        (await SearchAsync(again["pack"], "secret OR hidden")).GetProperty("total").GetInt64().ShouldBe(0);

        Task RedactAsync(AppendReceipt of) =>
            Pack.RunAsync("redact_event", $$"""{"event_id":"{{of.EventId}}","reason":"GDPR_ERASURE"}""");
    }

    [Fact]
    public async Task A_caller_that_gives_up_leaves_what_was_indexed_to_the_next()
    {
        foreach (var i in Enumerable.Range(0, 1500))
            await Notes.AppendAsync(TestTenants.Note($$"""{"text":"page {{i}}"}"""), default);
        using var patience = new CancellationTokenSource();
        var first = new FirstReport(patience.Cancel);
        var call = new VaultCall("search_events", """{"query":"page"}"""u8.ToArray());
        await Should.ThrowAsync<OperationCanceledException>(() => Notes.RunAsync(call, first, patience.Token));
        first.Done.ShouldBe(1024);
        var next = new FirstReport(() => { });
        await Notes.RunAsync(call, next, default);
        // The second page is all that was missing.
        next.Reports.ShouldBe(1);
        (await SearchAsync(Notes, "page")).GetProperty("total").GetInt64().ShouldBe(1500);
    }

    [Theory]
    [InlineData("\"query\":\"\"", "query must not be empty")]
    [InlineData("\"query\":\"!!! ()\"", "query needs a word")]
    [InlineData("\"query\":\"-gone\"", "query needs a word")]
    [InlineData("\"query\":\"OR\"", "query needs a word")]
    [InlineData("\"query\":\"a*\"", "at least 2 characters")]
    [InlineData("\"query\":7", "query must be a string")]
    [InlineData("\"query\":\"a\",\"subject\":\"b\"", "two ways to search")]
    [InlineData("\"query\":\"a\",\"offset\":5", "cursor = next_cursor")]
    [InlineData("\"query\":\"a\",\"cursor\":\"5\"", "cursor is not one of this search")]
    [InlineData("\"query\":\"a\",\"cursor\":\"5.-1\"", "cursor is not one of this search")]
    [InlineData("\"query\":\"a\",\"cursor\":\"99999999999999999999.1\"", "cursor is not one of this search")]
    [InlineData("\"query\":\"a\",\"limit\":0", "limit must be a whole number from 1")]
    public async Task Wrong_input_is_told_in_a_sentence(string arguments, string sentence)
    {
        var refused = await Notes.RefusedAsync("search_events", $"{{{arguments}}}");
        refused.Failure.ShouldBe(TenantFailure.InvalidInput);
        refused.Message.ShouldContain(sentence);
    }

    [Fact]
    public async Task Too_many_words_are_refused()
    {
        await SearchAsync(Notes, string.Join(' ', Enumerable.Range(0, SearchQuery.MaxTerms).Select(i => $"w{i}")));
        var refused = await Notes.RefusedAsync("search_events", $$"""{"query":"{{string.Join(' ', Enumerable.Range(0, 33).Select(i => $"w{i}"))}}"}""");
        refused.Message.ShouldBe("query has too many words: at most 32.");
    }

    [Theory]
    [InlineData("NEAR(deploy failed)")]
    [InlineData("text : deploy")]
    [InlineData("type:note")]
    [InlineData("deploy AND")]
    [InlineData("AND deploy")]
    [InlineData("deploy NOT")]
    [InlineData("{text} : x")]
    [InlineData("^deploy + x")]
    [InlineData("a\"b\"\"c")]
    [InlineData("'; DROP TABLE words; --x")]
    [InlineData("\"never closed")]
    [InlineData("x\"*")]
    [InlineData("deploy \u0000 x")]
    [InlineData("ﬁ 漢字 🌾 word")]
    public async Task Nothing_of_the_index_s_own_language_gets_through(string query)
    {
        await Notes.AppendAsync(TestTenants.Note("""{"text":"unrelated"}"""), default);
        (await SearchAsync(Notes, query)).GetProperty("total").GetInt64().ShouldBe(0);
        Positions(await SearchAsync(Notes, "unrelated")).ShouldBe([0]);
    }

    [Fact]
    public async Task Any_text_is_searched_for_and_finds_what_holds_its_words()
    {
        var random = new Random(20261129);
        string[] words = ["disk", "full", "node", "seven", "red", "gate", "opens", "late"];
        var texts = Enumerable.Range(0, 120).Select(_ => Enumerable.Range(0, random.Next(1, 6)).Select(_ => words[random.Next(words.Length)]).ToArray()).ToList();
        foreach (var text in texts)
            await Notes.AppendAsync(TestTenants.Note(JsonSerializer.Serialize(new { text = string.Join(random.Next(2) == 0 ? " " : ", ", text) })), default);
        for (var i = 0; i < 60; i++)
        {
            string[] all = [words[random.Next(words.Length)], words[random.Next(words.Length)]];
            var none = words[random.Next(words.Length)];
            var expected = texts.Select((text, at) => (text, at)).Where(one => all.All(one.text.Contains) && !one.text.Contains(none)).Select(one => (long)one.at);
            Positions(await SearchAsync(Notes, $"{all[0]} -{none} {all[1].ToUpperInvariant()}", ""","limit":1000""")).Order().ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_snippet_is_the_place_where_it_stands()
    {
        var around = string.Concat(Enumerable.Repeat("filler ", 60));
        await Notes.AppendAsync(TestTenants.Note(JsonSerializer.Serialize(new { text = $"{around}the needle is here {around}" })), default);
        await Notes.AppendAsync(TestTenants.Note(JsonSerializer.Serialize(new { text = string.Concat(Enumerable.Repeat("🌾", 200)) + " wheat" })), default);
        await Notes.AppendAsync(TestTenants.Note("""{"text":"short\nneedle2"}"""), default);
        (await SnippetAsync("needle")).ShouldContain("filler the needle is here filler");
        (await SnippetAsync("needle")).ShouldStartWith("… ");
        (await SnippetAsync("needle")).ShouldEndWith(" …");
        (await SnippetAsync("wheat")).ShouldContain("wheat");
        Encoding.UTF8.GetBytes(await SnippetAsync("wheat")).AsSpan().IndexOf("\uFFFD"u8).ShouldBe(-1);
        (await SnippetAsync("needle2")).ShouldBe("short needle2");

        async Task<string> SnippetAsync(string query) => (await SearchAsync(Notes, query)).GetProperty("hits")[0].GetProperty("snippet").GetString()!;
    }

    private sealed class FirstReport(Action seen) : IProgress<WorkProgress>
    {
        public int Reports { get; private set; }

        public long Done { get; private set; }

        public void Report(WorkProgress value)
        {
            if (Reports++ > 0)
                return;
            Done = value.Done;
            seen();
        }
    }

    private static AppendEvent Observation(string subject, string value) =>
        new("OBSERVATION", JsonSerializer.SerializeToUtf8Bytes(new { subject, predicate = "is", value }));

    private static async Task<JsonElement> SearchAsync(IVault vault, string query, string more = "") =>
        await vault.RunAsync("search_events", string.Create(CultureInfo.InvariantCulture, $$"""{"query":{{JsonSerializer.Serialize(query)}}{{more}}}"""));

    private static IEnumerable<long> Positions(JsonElement found) =>
        found.GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("position").GetInt64());
}
