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
}
