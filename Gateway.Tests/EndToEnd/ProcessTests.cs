using System.Text.Json;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>The built program: two of them over one folder, and standard input and output.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("granary-process-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_second_gateway_on_the_same_folder_says_what_is_wrong_and_harms_nothing()
    {
        var (first, client) = await GatewayProcess.ServeAsync(_data);
        await using var ends = first;
        using var clientEnds = client;
        (await client.CallAsync("init_vault", """{"vault_path":"notes"}""")).Success();
        (await client.CallAsync("append_event", """{"vault_path":"notes","event_type":"note","data":{"n":1}}""")).Success();

        await using (var second = GatewayProcess.Start(_data, "--port", "0"))
            (await WhatTheSecondSaysAsync(second)).ShouldMatch("(?i)another (process|gateway|program)");

        (await client.CallAsync("append_event", """{"vault_path":"notes","event_type":"note","data":{"n":2}}""")).Success();
        var report = (await client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success();
        (report.GetProperty("valid").GetBoolean(), report.GetProperty("event_count").GetInt32()).ShouldBe((true, 2));
    }

    [Fact]
    public async Task Over_standard_input_and_output_events_are_appended_and_read_and_nothing_else_is_printed()
    {
        await using var gateway = GatewayProcess.Start(_data, "--transport", "stdio", "--debug");
        var hello = await AskAsync(gateway, 1, "initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}""");
        hello.GetProperty("protocolVersion").GetString().ShouldBe("2025-11-25");
        await gateway.Input.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await CallAsync(gateway, 2, "init_vault", """{"vault_path":"notes"}""");
        var receipt = await CallAsync(gateway, 3, "append_event", """{"vault_path":"notes","event_type":"note","data":{"text":"größer 🌾\n","n":1.0}}""");
        var events = (await CallAsync(gateway, 4, "query_timeline", """{"vault_path":"notes"}""")).GetProperty("events");
        events.GetArrayLength().ShouldBe(1);
        events[0].GetProperty("hash").GetString().ShouldBe(receipt.GetProperty("hash").GetString());
        events[0].GetProperty("data").GetRawText().ShouldBe("""{"n":1.0,"text":"größer 🌾\n"}""");
        (await CallAsync(gateway, 5, "verify_chain", """{"vault_path":"notes"}""")).GetProperty("valid").GetBoolean().ShouldBeTrue();
        gateway.Input.Close();
        (await gateway.Output.ReadToEndAsync()).ShouldBeEmpty();
        (await gateway.ExitAsync()).ShouldBe(0, gateway.Errors);
    }

    [Fact]
    public async Task What_was_appended_over_standard_input_is_there_over_http()
    {
        await using (var gateway = GatewayProcess.Start(_data, "--transport", "stdio"))
        {
            await AskAsync(gateway, 1, "initialize", """{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}""");
            await CallAsync(gateway, 2, "init_vault", """{"vault_path":"notes"}""");
            await CallAsync(gateway, 3, "append_event", """{"vault_path":"notes","event_type":"note","data":{"n":1}}""");
            gateway.Kill();
            await gateway.ExitAsync();
        }
        var (http, client) = await GatewayProcess.ServeAsync(_data);
        await using var ends = http;
        using var clientEnds = client;
        (await client.CallAsync("query_timeline", """{"vault_path":"notes"}""")).Success().GetProperty("events").GetArrayLength().ShouldBe(1);
    }

    /// <summary>It may refuse to start, or start and refuse the vault that is in use.</summary>
    private static async Task<string> WhatTheSecondSaysAsync(GatewayProcess second)
    {
        Uri root;
        try
        {
            root = await second.Listening;
        }
        catch (InvalidOperationException)
        {
            (await second.ExitAsync()).ShouldBe(1);
            second.Errors.ShouldStartWith("Error: ");
            return second.Errors;
        }
        using var client = new ToolClient(root);
        return (await client.CallAsync("append_event", """{"vault_path":"notes","event_type":"note","data":{}}""")).Failure();
    }

    private static async Task<JsonElement> CallAsync(GatewayProcess gateway, int id, string tool, string arguments)
    {
        var result = await AskAsync(gateway, id, "tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}} }""");
        result.TryGetProperty("isError", out _).ShouldBeFalse(result.ToString());
        return result.GetProperty("structuredContent");
    }

    private static async Task<JsonElement> AskAsync(GatewayProcess gateway, int id, string method, string parameters)
    {
        await gateway.Input.WriteLineAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}} }""");
        await gateway.Input.FlushAsync();
        var line = await gateway.Output.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
        using var document = JsonDocument.Parse(line.ShouldNotBeNull(gateway.Errors));
        document.RootElement.GetProperty("id").GetInt32().ShouldBe(id);
        return document.RootElement.TryGetProperty("result", out var result) ? result.Clone() : throw new InvalidOperationException(line);
    }
}
