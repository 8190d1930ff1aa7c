using System.Globalization;
using System.Text.Json;
using Granary.Gateway.Tests.EndToEnd;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>The filters of <c>query_timeline</c>, each at its edges.</summary>
public sealed class QueryTests : IAsyncLifetime
{
    private readonly List<DateTimeOffset> _times = [];
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartWithVaultAsync();
        foreach (var type in new[] { "note", "belief", "note", "OBSERVATION", "note" })
        {
            var receipt = (await _gateway.Client.CallAsync("append_event", $$$"""{"vault_path":"notes","event_type":"{{{type}}}","data":{"n":{{{_times.Count}}}}}""")).Success();
            _times.Add(DateTimeOffset.Parse(receipt.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture));
            // Times have microseconds: the next event must not have this one's.
            await Task.Delay(2);
        }
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("\"note\"", "0,2,4")]
    [InlineData("\"belief\"", "1")]
    [InlineData("\"OBSERVATION\"", "3")]
    [InlineData("\"Note\"", "")]
    [InlineData("\"none\"", "")]
    [InlineData("null", "0,1,2,3,4")]
    public async Task By_type(string type, string expected) => (await QueryAsync($"\"event_type\":{type}")).ShouldBe(expected);

    [Theory]
    [InlineData("1", "4")]
    [InlineData("2", "3,4")]
    [InlineData("2.0", "3,4")]
    [InlineData("5", "0,1,2,3,4")]
    [InlineData("1000000", "0,1,2,3,4")]
    [InlineData("0", "0,1,2,3,4")]
    [InlineData("null", "0,1,2,3,4")]
    public async Task The_last_so_many_in_order(string limit, string expected) => (await QueryAsync($"\"limit\":{limit}")).ShouldBe(expected);

    [Fact]
    public async Task The_last_so_many_of_those_that_match() => (await QueryAsync("\"event_type\":\"note\",\"limit\":2")).ShouldBe("2,4");

    [Fact]
    public async Task From_and_to_include_their_own_moment()
    {
        (await QueryAsync($"\"start_time\":\"{Utc(1)}\"")).ShouldBe("1,2,3,4");
        (await QueryAsync($"\"end_time\":\"{Utc(1)}\"")).ShouldBe("0,1");
        (await QueryAsync($"\"start_time\":\"{Utc(2)}\",\"end_time\":\"{Utc(2)}\"")).ShouldBe("2");
        (await QueryAsync($"\"start_time\":\"{Utc(3)}\",\"end_time\":\"{Utc(1)}\"")).ShouldBe("");
        (await QueryAsync($"\"start_time\":\"{Utc(0)}\",\"end_time\":\"{Utc(3)}\",\"event_type\":\"note\",\"limit\":1")).ShouldBe("2");
    }

    [Fact]
    public async Task A_time_without_offset_is_utc_and_an_offset_is_honoured()
    {
        (await QueryAsync($"\"start_time\":\"{Utc(2)[..^1]}\"")).ShouldBe("2,3,4");
        (await QueryAsync($"\"start_time\":\"{Utc(2)[..^1].Replace('T', ' ')}\"")).ShouldBe("2,3,4");
        (await QueryAsync($"\"start_time\":\"{Utc(2)[..^1]}+00:00\"")).ShouldBe("2,3,4");
        var elsewhere = _times[2].ToOffset(TimeSpan.FromHours(5.5)).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);
        (await QueryAsync($"\"start_time\":\"{elsewhere}\"")).ShouldBe("2,3,4");
        (await QueryAsync($"\"end_time\":\"{elsewhere}\"")).ShouldBe("0,1,2");
    }

    [Fact]
    public async Task A_date_alone_is_its_midnight_and_null_is_no_bound()
    {
        (await QueryAsync("\"start_time\":\"2020-01-01\"")).ShouldBe("0,1,2,3,4");
        (await QueryAsync("\"end_time\":\"2020-01-01\"")).ShouldBe("");
        (await QueryAsync("\"start_time\":null,\"end_time\":null,\"event_type\":null,\"limit\":null")).ShouldBe("0,1,2,3,4");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData(" 2026-01-08T12:00:00Z")]
    [InlineData("2026-01-08T12:00:00Z\\n")]
    [InlineData("2026-13-01")]
    [InlineData("2026-02-30")]
    [InlineData("2026-01-08T25:00")]
    [InlineData("2026-01-08T12:00:61Z")]
    [InlineData("2026-01-08T12:00:00+99:00")]
    [InlineData("08.01.2026")]
    [InlineData("January 8, 2026")]
    [InlineData("1767873600")]
    [InlineData("٢٠٢٦-٠١-٠٨")]
    public async Task What_is_no_time_is_refused_in_the_words_clients_know(string time)
    {
        foreach (var bound in new[] { "start_time", "end_time" })
        {
            var sentence = (await _gateway.Client.CallAsync("query_timeline", $$"""{"vault_path":"notes","{{bound}}":"{{time}}"}""")).Failure();
            sentence.ShouldContain("Invalid isoformat string:");
            sentence.ShouldContain(bound);
        }
    }

    [Fact]
    public async Task A_long_wrong_time_is_not_repeated_in_full()
    {
        var sentence = (await _gateway.Client.CallAsync("query_timeline", $$"""{"vault_path":"notes","start_time":"{{new string('9', 100_000)}}"}""")).Failure();
        sentence.ShouldContain("Invalid isoformat string:");
        sentence.Length.ShouldBeLessThan(300);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1000001")]
    [InlineData("1e400")]
    [InlineData("\"five\"")]
    [InlineData("\"-1\"")]
    [InlineData("true")]
    [InlineData("[]")]
    public async Task What_is_no_limit_is_refused(string limit) =>
        (await _gateway.Client.CallAsync("query_timeline", $$"""{"vault_path":"notes","limit":{{limit}}}""")).Failure().ShouldContain("limit");

    [Fact]
    public async Task More_than_one_answer_holds_is_cut_at_the_old_end_and_says_so()
    {
        var filler = new string('x', 1_000_000);
        for (var i = 5; i < 11; i++)
            (await _gateway.Client.CallAsync("append_event", $$$"""{"vault_path":"notes","event_type":"big","data":{"n":{{{i}}},"filler":"{{{filler}}}"}}""")).Success();
        var reply = (await _gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes"}""")).Success();
        reply.GetProperty("truncated").GetBoolean().ShouldBeTrue();
        Numbers(reply).ShouldBe("7,8,9,10");
        (await _gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes","event_type":"note"}""")).Success().GetProperty("truncated").GetBoolean().ShouldBeFalse();
    }

    private string Utc(int i) => _times[i].UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private async Task<string> QueryAsync(string more)
    {
        var reply = (await _gateway.Client.CallAsync("query_timeline", $$"""{"vault_path":"notes",{{more}}}""")).Success();
        reply.GetProperty("truncated").GetBoolean().ShouldBeFalse();
        return Numbers(reply);
    }

    private static string Numbers(JsonElement reply) =>
        string.Join(',', reply.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("data").GetProperty("n").GetInt32()));
}
