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
        Encoding.UTF8.GetByteCount(tool.FullDescription).ShouldBeLessThanOrEqualTo(1600);
        Encoding.UTF8.GetByteCount(tool.InputSchemaJson).ShouldBeLessThanOrEqualTo(4096);
        foreach (var operation in tool.Operations)
            tool.InputSchemaJson.ShouldContain(tool.IsFlat ? "max_chars" : operation.Name);
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
        properties.GetProperty("operation").GetProperty("enum").GetArrayLength().ShouldBe(6);
        properties.TryGetProperty("resource_type", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("get_evnets")]
    [InlineData("")]
    [InlineData("list")]
    public async Task An_unknown_operation_is_answered_with_the_valid_ones(string operation)
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync(operation);
        answer.IsError.ShouldBeTrue();
        answer["message"].GetString()!.ShouldStartWith($"Invalid operation '{operation}'");
        answer["elicitation_needed"].GetBoolean().ShouldBeTrue();
        answer["reason"].GetString().ShouldBe("invalid_operation");
        answer.List("valid_operations").Count.ShouldBe(5);
        backend.Host.Requests.Total.ShouldBe(0);
    }

    [Theory]
    [InlineData("GET_EVENTS")]
    [InlineData("getEvents")]
    [InlineData("Get Events")]
    [InlineData("get-events")]
    public async Task Operations_are_named_in_any_spelling(string operation)
    {
        await using var backend = await Backend.StartAsync();
        var answer = await backend.AskAsync(operation);
        answer.IsError.ShouldBeFalse(answer.Text);
        answer["operation"].GetString().ShouldBe("get_events");
    }

    [Fact]
    public void The_list_of_tools_fits_into_25_kB() =>
        InstanaTools.All.Sum(tool => Encoding.UTF8.GetByteCount(tool.FullDescription) + Encoding.UTF8.GetByteCount(tool.InputSchemaJson) + 250).ShouldBeLessThan(25_000);

    [Fact]
    public async Task A_huge_operation_is_not_repeated_in_full()
    {
        await using var backend = await Backend.StartAsync();
        (await backend.AskAsync(new string('x', 100_000))).Text.Length.ShouldBeLessThan(1500);
    }

    [Fact]
    public async Task An_unknown_tool_is_the_callers_mistake()
    {
        await using var backend = await Backend.StartAsync();
        await Should.ThrowAsync<ArgumentException>(() => InstanaTools.ExecuteAsync(new InstanaCall("nope", null, "x", default), backend.Client, default));
        InstanaTools.Contains("nope").ShouldBeFalse();
    }
}
