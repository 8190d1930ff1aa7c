using Granary.Testing;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>A disk without room: an error in words, no half event, reads go on, and so do appends once there is room.</summary>
public sealed class FullDiskTests
{
    [SmallDiskFact]
    public async Task A_full_disk_refuses_appends_and_loses_nothing()
    {
        using var disk = new SmallDisk(16 * 1024);
        var data = Path.Combine(disk.Path, "data");
        var (gateway, client) = await GatewayProcess.ServeAsync(data);
        var acknowledged = new List<string>();
        try
        {
            (await client.CallAsync("init_vault", """{"vault_path":"notes"}""")).Success();
            (await client.CallAsync("init_vault", """{"vault_path":"other"}""")).Success();
            await AppendAsync(client, acknowledged, 10);
            disk.Fill(free: 300_000);

            // A store may have taken room in advance: append until it is used up.
            ToolReply? refused = null;
            for (var i = 0; i < 64 && refused is null; i++)
                refused = await AppendAsync(client, acknowledged, 500_000);
            var failure = refused.ShouldNotBeNull().FailureObject();
            failure.GetProperty("code").GetString().ShouldBe("storage_refused");
            failure.GetProperty("error").GetString()!.ShouldContain("full");
            failure.GetProperty("error").GetString()!.ShouldNotContain(disk.Path);
            await CheckAsync(client, acknowledged);
            (await client.CallAsync("init_vault", """{"vault_path":"third"}""")).ShouldNotBeNull();

            // Even a restart in this state neither loses nor invents anything.
            gateway.Kill();
            await gateway.DisposeAsync();
            client.Dispose();
            (gateway, client) = await GatewayProcess.ServeAsync(data);
            await CheckAsync(client, acknowledged);

            disk.FreeUp();
            for (var i = 0; i < 5; i++)
                (await AppendAsync(client, acknowledged, 1000)).ShouldBeNull();
            await CheckAsync(client, acknowledged);
            (await client.CallAsync("append_event", """{"vault_path":"other","event_type":"note","data":{}}""")).Success();
        }
        finally
        {
            client.Dispose();
            await gateway.DisposeAsync();
        }
    }

    /// <returns>The reply that refused; null when it was appended.</returns>
    private static async Task<ToolReply?> AppendAsync(ToolClient client, List<string> acknowledged, int length)
    {
        var reply = await client.CallAsync("append_event", $$$"""{"vault_path":"notes","event_type":"note","data":{"x":"{{{new string('x', length)}}}"}}""");
        if (reply.IsError)
            return reply;
        acknowledged.Add(reply.Success().GetProperty("hash").GetString()!);
        return null;
    }

    private static async Task CheckAsync(ToolClient client, List<string> acknowledged)
    {
        var report = (await client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success();
        report.GetProperty("findings").GetArrayLength().ShouldBe(0, report.ToString());
        report.GetProperty("event_count").GetInt32().ShouldBe(acknowledged.Count);
        var last = (await client.CallAsync("query_timeline", """{"vault_path":"notes","limit":3}""")).Success().GetProperty("events");
        last.EnumerateArray().Select(e => e.GetProperty("hash").GetString()!).ShouldBe(acknowledged.TakeLast(3));
    }
}
