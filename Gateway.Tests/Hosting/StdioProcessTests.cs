using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;
using Granary.Testing;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>The built program over its own standard input and output.</summary>
public sealed class StdioProcessTests
{
    [UnixFact]
    public async Task Both_eras_a_clean_output_and_an_end_by_signal()
    {
        using var child = Child.Gateway("--transport", "stdio", "--debug");
        foreach (var line in (string[])
        [
            McpRequest.Legacy("initialize", McpHttp.Handshake("2025-11-25")).Id("legacy").Body.ToJsonString(),
            "nonsense",
            McpRequest.Modern("server/discover").Id("modern").Body.ToJsonString(),
        ])
        {
            await child.Input.WriteLineAsync(line);
            await child.Input.FlushAsync();
            var answer = JsonNode.Parse((await child.Output.ReadLineAsync().WaitAsync(Guard.Time))!)!;
            ((string)answer["jsonrpc"]!).ShouldBe("2.0");
            if (line != "nonsense")
                ((string)answer["id"]!).ShouldBeOneOf("legacy", "modern");
        }
        child.Terminate();
        (await child.ExitAsync()).ShouldBe(0, child.Log);
        (await child.Output.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_end_of_the_input_ends_the_program()
    {
        using var child = Child.Gateway("--transport", "stdio");
        await child.Input.WriteLineAsync(McpRequest.Modern("tools/list").Body.ToJsonString());
        child.Input.Close();
        JsonNode.Parse((await child.Output.ReadLineAsync().WaitAsync(Guard.Time))!)!["result"].ShouldNotBeNull();
        (await child.ExitAsync()).ShouldBe(0, child.Log);
    }

    // What is left of a client that was killed: neither end of a pipe.
    [LinuxFact]
    public async Task A_client_that_died_during_a_call_takes_the_program_with_it()
    {
        using var backend = new HungBackend();
        using var child = await backend.AskedByAsync();
        child.Input.Close();
        child.Output.Close();
        (await child.ExitAsync()).ShouldBe(0, child.Log);
    }

    [LinuxFact]
    public async Task Output_that_nobody_reads_ends_the_program_though_the_input_is_open()
    {
        using var backend = new HungBackend();
        using var child = await backend.AskedByAsync();
        child.Output.Close();
        (await child.ExitAsync()).ShouldBe(0, child.Log);
    }

    // As official clients end a server: they close its input, and say stop where it does not end.
    [UnixFact]
    public async Task A_signal_after_the_end_of_the_input_ends_the_program_during_a_call()
    {
        using var backend = new HungBackend();
        using var child = await backend.AskedByAsync();
        child.Input.Close();
        child.Terminate();
        (await child.ExitAsync()).ShouldBe(0, child.Log);
        (await child.Output.ReadToEndAsync()).ShouldBeEmpty();
    }

    // The guard is twice as long as the setting's 30 seconds; here calls have one.
    [Fact]
    public async Task The_end_of_the_input_alone_ends_the_program_when_calls_had_their_time()
    {
        using var backend = new HungBackend();
        using var child = await backend.AskedByAsync("1");
        child.Input.Close();
        (await child.ExitAsync()).ShouldBe(0, child.Log);
    }
}
