using System.Text.Json;
using Granary.Testing;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>The gateway dies, or is told to stop, while 64 connections append to several vaults: acknowledged means there, once.</summary>
public sealed class StormTests : IDisposable
{
    private const int Kills = 20;

    private readonly string _data = Directory.CreateTempSubdirectory("granary-storm-").FullName;
    private readonly Storm _storm = new();
    private int _checked;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task After_each_of_twenty_kills_every_acknowledged_event_is_there_once_and_all_vaults_verify()
    {
        var (gateway, client) = await GatewayProcess.ServeAsync(_data);
        await CreateAsync(client);
        for (var run = 0; run < Kills; run++)
        {
            await _storm.RunAsync(client, run, acknowledgements: 40 + (run * 17 % 200), gateway.Kill);
            await gateway.ExitAsync();
            client.Dispose();
            await gateway.DisposeAsync();
            _storm.Refused.ShouldBeEmpty($"run {run}");
            (gateway, client) = await GatewayProcess.ServeAsync(_data);
            await CheckAsync(client, run);
        }
        client.Dispose();
        await gateway.DisposeAsync();
        _storm.Acknowledged.Count.ShouldBeGreaterThan(Kills * 40);
    }

    [UnixFact]
    public async Task Told_to_stop_it_ends_with_zero_and_everything_acknowledged_is_there()
    {
        var (gateway, client) = await GatewayProcess.ServeAsync(_data);
        await CreateAsync(client);
        await _storm.RunAsync(client, 0, acknowledgements: 300, gateway.Terminate);
        (await gateway.ExitAsync()).ShouldBe(0, gateway.Errors);
        gateway.Errors.ShouldNotContain("Unhandled");
        client.Dispose();
        await gateway.DisposeAsync();
        (gateway, client) = await GatewayProcess.ServeAsync(_data);
        await CheckAsync(client, 0);
        client.Dispose();
        await gateway.DisposeAsync();
    }

    private static async Task CreateAsync(ToolClient client)
    {
        foreach (var vault in Storm.Vaults)
            (await client.CallAsync("init_vault", $$"""{"vault_path":"{{vault}}"}""")).Success();
    }

    private async Task CheckAsync(ToolClient client, int run)
    {
        var stored = new Dictionary<string, List<JsonElement>>();
        foreach (var vault in Storm.Vaults)
        {
            var events = (await client.CallAsync("query_timeline", $$"""{"vault_path":"{{vault}}"}""")).Success();
            events.GetProperty("truncated").GetBoolean().ShouldBeFalse();
            stored[vault] = [.. events.GetProperty("events").EnumerateArray()];
            stored[vault].Select(e => e.GetProperty("seq").GetInt64()).ShouldBe(Enumerable.Range(0, stored[vault].Count).Select(i => (long)i));
            stored[vault].Select(Mark).ShouldBeUnique();
            var report = (await client.CallAsync("verify_chain", $$"""{"vault_path":"{{vault}}"}""")).Success();
            report.GetProperty("findings").GetArrayLength().ShouldBe(0, $"run {run}, {vault}: {report}");
            (report.GetProperty("valid").GetBoolean(), report.GetProperty("event_count").GetInt64()).ShouldBe((true, stored[vault].Count));
        }
        foreach (var (sent, receipt) in _storm.Acknowledged)
        {
            var kept = stored[sent.Vault][(int)receipt.GetProperty("position").GetInt64()];
            (Mark(kept), kept.GetProperty("hash").GetString(), kept.GetProperty("id").GetString(), kept.GetProperty("timestamp").GetString()).ShouldBe(
                (sent.Mark, receipt.GetProperty("hash").GetString(), receipt.GetProperty("event_id").GetString(), receipt.GetProperty("timestamp").GetString()),
                $"run {run}");
        }
        await RepeatAsync(client, stored, run);
    }

    /// <summary>Every keyed append of this run again: the first receipt for what was acknowledged, and one event for what was left open.</summary>
    private async Task RepeatAsync(ToolClient client, Dictionary<string, List<JsonElement>> stored, int run)
    {
        foreach (var (sent, receipt) in _storm.Acknowledged.Skip(_checked).Where(a => a.Sent.Key is not null))
        {
            var again = (await client.CallAsync("append_event", sent.Arguments)).Success();
            again.GetProperty("replayed").GetBoolean().ShouldBeTrue($"run {run}, {sent.Mark}");
            foreach (var name in new[] { "event_id", "hash", "timestamp", "position", "provara_event_id", "state_hash" })
                again.GetProperty(name).GetRawText().ShouldBe(receipt.GetProperty(name).GetRawText(), $"run {run}, {sent.Mark}");
        }
        foreach (var sent in _storm.Unanswered.ToList())
        {
            var there = stored[sent.Vault].Exists(e => Mark(e) == sent.Mark);
            var found = (await client.CallAsync("append_event", sent.Arguments)).Success();
            found.GetProperty("replayed").GetBoolean().ShouldBe(there, $"run {run}, {sent.Mark}");
            _storm.Acknowledged.Enqueue((sent, found));
        }
        _checked = _storm.Acknowledged.Count;
    }

    private static string Mark(JsonElement stored) => stored.GetProperty("data").GetProperty("mark").GetString()!;
}
