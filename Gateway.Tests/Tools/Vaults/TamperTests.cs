using System.Text.Json;
using Granary.Gateway.Tests.EndToEnd;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary><c>verify_chain</c> says what somebody did to the files.</summary>
[Trait("Kind", "Hostile")]
public sealed class TamperTests
{
    private const int Count = 5;

    [Theory]
    [InlineData("events.ndjson", 0)]
    [InlineData("events.ndjson", 2)]
    [InlineData("events.ndjson", Count - 1)]
    [InlineData("chain.ndjson", 0)]
    [InlineData("chain.ndjson", 2)]
    [InlineData("chain.ndjson", Count - 1)]
    public async Task A_changed_character_is_found_where_it_is(string file, int position)
    {
        var report = await AfterAsync(file, lines => lines[position] = lines[position].Replace(
            file == "events.ndjson" ? $"\"n\":{position}" : "\"sig\":\"", file == "events.ndjson" ? $"\"n\":{position + 100}" : "\"sig\":\"00", StringComparison.Ordinal));
        report.GetProperty("findings").EnumerateArray().ShouldContain(f => f.GetProperty("position").GetInt64() == position, report.ToString());
    }

    [Theory]
    [InlineData("events.ndjson", 0)]
    [InlineData("events.ndjson", 2)]
    [InlineData("events.ndjson", Count - 1)]
    [InlineData("chain.ndjson", 1)]
    [InlineData("chain.ndjson", Count - 1)]
    public async Task A_deleted_line_is_found(string file, int position) => await AfterAsync(file, lines => lines.RemoveAt(position));

    [Fact]
    public async Task The_same_line_deleted_from_both_files_is_found()
    {
        foreach (var position in new[] { 0, 2, Count - 1 })
            await AfterAsync("*.ndjson", lines => lines.RemoveAt(position));
    }

    [Fact]
    public async Task Everything_deleted_is_found() => await AfterAsync("*.ndjson", lines => lines.Clear());

    [Theory]
    [InlineData("events.ndjson")]
    [InlineData("chain.ndjson")]
    [InlineData("*.ndjson")]
    public async Task Swapped_lines_are_found(string file)
    {
        var report = await AfterAsync(file, lines => (lines[1], lines[2]) = (lines[2], lines[1]));
        report.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("position").GetInt64()).ShouldContain(p => p == 1 || p == 2);
    }

    [Fact]
    public async Task A_line_added_by_hand_is_found_or_cut_off_but_never_counted()
    {
        await using var gateway = await FilledAsync();
        await gateway.RestartAsync(() =>
        {
            foreach (var path in Files(gateway, "*.ndjson"))
            {
                var last = File.ReadLines(path).Last();
                File.AppendAllText(path, last.Replace($"\"seq\":{Count - 1}", $"\"seq\":{Count}", StringComparison.Ordinal) + "\n");
            }
        });
        var report = (await gateway.Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success();
        (report.GetProperty("valid").GetBoolean() && report.GetProperty("event_count").GetInt64() > Count).ShouldBeFalse(report.ToString());
    }

    [Fact]
    public async Task A_change_under_a_running_gateway_is_found_by_the_next_verification()
    {
        await using var gateway = await FilledAsync();
        await gateway.RestartAsync();
        (await gateway.Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success().GetProperty("valid").GetBoolean().ShouldBeTrue();
        foreach (var path in Files(gateway, "events.ndjson"))
        {
            // In place: an editor that writes a new file would leave the gateway with the old one.
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes);
            stream.Position = bytes.AsSpan().IndexOf("\"n\":1"u8) + 4;
            await stream.WriteAsync("7"u8.ToArray());
        }
        var report = (await gateway.Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success();
        report.GetProperty("valid").GetBoolean().ShouldBeFalse();
        report.GetProperty("findings")[0].GetProperty("position").GetInt64().ShouldBe(1);
    }

    /// <summary>Changes the lines of a stopped vault's files; the next gateway must say that it is not valid, and neither repair nor extend it.</summary>
    private static async Task<JsonElement> AfterAsync(string pattern, Action<List<string>> change)
    {
        await using var gateway = await FilledAsync();
        await gateway.RestartAsync(() =>
        {
            foreach (var path in Files(gateway, pattern))
            {
                var lines = File.ReadAllLines(path).ToList();
                change(lines);
                File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
            }
        });
        var report = (await gateway.Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success();
        report.GetProperty("valid").GetBoolean().ShouldBeFalse(report.ToString());
        report.GetProperty("finding_count").GetInt64().ShouldBeGreaterThan(0);
        foreach (var finding in report.GetProperty("findings").EnumerateArray())
        {
            finding.GetProperty("rule").GetString().ShouldNotBeNullOrWhiteSpace();
            finding.GetProperty("reason").GetString().ShouldNotBeNullOrWhiteSpace();
            finding.GetProperty("reason").GetString()!.ShouldNotContain(gateway.Home);
        }
        return report;
    }

    private static string[] Files(RunningGateway gateway, string pattern)
    {
        var found = Directory.GetFiles(Path.Combine(gateway.Data, "default", "vaults", "notes"), pattern, SearchOption.AllDirectories);
        found.ShouldNotBeEmpty();
        return found;
    }

    private static async Task<RunningGateway> FilledAsync()
    {
        var gateway = await RunningGateway.StartWithVaultAsync();
        for (var i = 0; i < Count; i++)
            (await gateway.Client.CallAsync("append_event", $$$"""{"vault_path":"notes","event_type":"note","data":{"n":{{{i}}}}}""")).Success();
        return gateway;
    }
}
