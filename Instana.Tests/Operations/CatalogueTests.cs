using System.Text;
using System.Text.Json;
using Granary.Instana.Operations;
using Granary.Instana.Tests.Support;

namespace Granary.Instana.Tests.Operations;

public class CatalogueTests
{
    public static TheoryData<string> Tools => [.. InstanaTools.All.Select(tool => tool.Name)];

    [Theory]
    [MemberData(nameof(Tools))]
    public void Every_tool_is_small_enough_to_publish(string name)
    {
        var tool = InstanaTools.All.Single(known => known.Name == name);
        Encoding.UTF8.GetByteCount(tool.Description).ShouldBeLessThanOrEqualTo(1024);
        Encoding.UTF8.GetByteCount(tool.InputSchemaJson).ShouldBeLessThanOrEqualTo(4096);
        foreach (var operation in tool.Operations)
            tool.Description.ShouldContain(operation.Name);
    }

    [Fact]
    public void The_events_tool_reads_and_lists_its_operations()
    {
        var tool = InstanaTools.Events;
        tool.ReadOnly.ShouldBeTrue();
        tool.Category.ShouldBe("events");
        tool.Operations.Select(operation => operation.Name).ShouldBe(
            ["get_event", "get_events_by_ids", "get_events", "get_kubernetes_info_events", "get_agent_monitoring_events"]);
        using var schema = JsonDocument.Parse(tool.InputSchemaJson);
        var properties = schema.RootElement.GetProperty("properties");
        properties.GetProperty("operation").GetProperty("enum").GetArrayLength().ShouldBe(5);
        properties.TryGetProperty("resource_type", out _).ShouldBeFalse();
        var parameters = properties.GetProperty("params").GetProperty("properties");
        parameters.GetProperty("severity").GetProperty("enum").EnumerateArray().Select(value => value.GetInt32()).ShouldBe([-1, 5, 10]);
        parameters.GetProperty("event_type_filters").GetProperty("items").GetProperty("enum")[0].GetString().ShouldBe("INCIDENT");
        parameters.GetProperty("max_events").GetProperty("maximum").GetInt32().ShouldBe(1000);
        JsonElement.DeepEquals(properties.GetProperty("params"), JsonDocument.Parse(tool.ParamsSchemaJson).RootElement).ShouldBeTrue();
    }

    [Theory]
    [InlineData("get_evnets")]
    [InlineData("")]
    [InlineData("GET_EVENTS")]
    public async Task An_unknown_operation_is_answered_with_the_valid_ones(string operation)
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync(operation);
        answer.IsError.ShouldBeTrue();
        answer["error"].GetString().ShouldBe($"Invalid operation '{operation}'");
        answer.List("valid_operations").Count.ShouldBe(5);
        backend.Host.Requests.Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_huge_operation_is_not_repeated_in_full()
    {
        await using var backend = await Backend.StartAsync();
        (await backend.AskAsync(new string('x', 100_000))).Text.Length.ShouldBeLessThan(400);
    }

    [Fact]
    public async Task An_unknown_tool_is_the_callers_mistake()
    {
        await using var backend = await Backend.StartAsync();
        await Should.ThrowAsync<ArgumentException>(() => InstanaTools.ExecuteAsync(new OperationCall("nope", null, "x", default), backend.Client, default));
        InstanaTools.Contains("nope").ShouldBeFalse();
    }
}
