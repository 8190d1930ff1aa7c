using Granary.Conformance.Tests.Fixtures;
using Granary.Gateway.Configuration;
using Granary.Gateway.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;

namespace Granary.Conformance.Tests;

/// <summary>
/// The fixtures that the official suite asks for are there, on the gateway that everyone runs. The suite itself needs Node and is run by
/// <c>Conformance.Tests/suite</c>.
/// </summary>
public sealed class FixturesTests : IAsyncLifetime
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), "granary-" + Guid.NewGuid().ToString("N"));
    private Microsoft.AspNetCore.Builder.WebApplication _gateway = null!;
    private McpClient _client = null!;

    public async Task InitializeAsync()
    {
        _gateway = GatewayHost.Build(new GatewayOptions { Port = 0, DataFolder = _data }, services => services.AddPlugins(typeof(FixtureTool).Assembly));
        await _gateway.StartAsync();
        var address = _gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _client = await McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri($"{address}/mcp") }));
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _gateway.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Every_tool_the_suite_calls_is_listed()
    {
        var names = (await _client.ListToolsAsync()).Select(t => t.Name).ToHashSet();
        string[] wanted =
        [
            "test_simple_text", "test_image_content", "test_audio_content", "test_embedded_resource", "test_multiple_content_types",
            "test_tool_with_logging", "test_tool_with_progress", "test_error_handling", "test_sampling", "test_elicitation",
            "test_elicitation_sep1034_defaults", "test_elicitation_sep1330_enums", "test_reconnection", "json_schema_2020_12_tool",
            "test_missing_capability", "test_streaming_elicitation", "test_logging_tool", "test_trigger_tool_change", "test_trigger_prompt_change",
            "test_input_required_result_elicitation", "test_input_required_result_sampling", "test_input_required_result_list_roots",
            "test_input_required_result_request_state", "test_input_required_result_multiple_inputs", "test_input_required_result_multi_round",
            "test_input_required_result_tampered_state", "test_input_required_result_capabilities",
        ];
        wanted.Where(w => !names.Contains(w)).ShouldBeEmpty();
        names.ShouldContain("append_event", "the fixtures stand beside the gateway's own tools, not in their place");
    }

    [Fact]
    public async Task Every_prompt_and_resource_the_suite_reads_is_listed()
    {
        string[] wanted =
        [
            "test_input_required_result_prompt", "test_prompt_with_arguments", "test_prompt_with_embedded_resource", "test_prompt_with_image", "test_simple_prompt",
        ];
        var prompts = (await _client.ListPromptsAsync()).Select(p => p.Name).ToHashSet();
        wanted.Where(w => !prompts.Contains(w)).ShouldBeEmpty();
        (await _client.ListResourcesAsync()).Select(r => r.Uri).ShouldBe(["test://static-binary", "test://static-text", "test://watched-resource"]);
        (await _client.ListResourceTemplatesAsync()).Select(t => t.UriTemplate).ShouldContain("test://template/{id}/data");
    }
}
