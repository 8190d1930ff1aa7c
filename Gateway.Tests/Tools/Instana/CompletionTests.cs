using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Tools.Instana;

/// <summary>Arguments of prompts and variables of templates, completed from the catalogs of the caller's own unit.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("get_application_services", "application_id", "robot", "", """["app-robot"]""")]
    [InlineData("get_application_services", "application_id", "app-r", "", """["app-robot"]""")]
    [InlineData("create_application_dashboard", "application_name", "rob", "", """["Robot Shop"]""")]
    [InlineData("get_application_services", "service_id", "cart", "", """["svc-cart"]""")]
    [InlineData("get_website", "website_id", "", "", """["web-1"]""")]
    [InlineData("get_mobile_app_by_id", "mobile_app_id", "ware", "", """["mob-1"]""")]
    [InlineData("create_metric_widget", "metric_name", "lat", "", """["latency"]""")]
    [InlineData("get_application_metrics", "metrics", "calls:SUM, lat", "", """["calls:SUM, latency"]""")]
    [InlineData("get_application_metrics", "metrics", "[", "", "[]")]
    [InlineData("infra_get_entities", "type", "hos", "", """["host"]""")]
    [InlineData("infra_get_entities", "metrics", "cpu.u", """{"type":"host"}""", """["cpu.user"]""")]
    [InlineData("infra_get_entities", "metrics", "cpu.u", "", "[]")]
    [InlineData("get_synthetic_test", "test_name", "log", "", """["Login"]""")]
    [InlineData("get_application_services", "application_id", "nothing has this name", "", "[]")]
    public async Task A_prompts_argument_is_completed(string prompt, string argument, string value, string context, string expected)
    {
        await using var backend = await Backend.StartAsync();
        using var http = Client(backend, Backend.Token);
        (await ValuesAsync(http, Prompt(prompt, argument, value, context))).ShouldBe(expected);
        backend.Simulator.Violations.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("instana://application/{id}", "id", "pay", """["app-payments"]""")]
    [InlineData("instana://service/{id}", "id", "cart", """["svc-cart"]""")]
    [InlineData("instana://topology{?application_id}", "application_id", "robot", """["app-robot"]""")]
    [InlineData("instana://catalog/{kind}", "kind", "plug", """["infrastructure-plugins"]""")]
    public async Task A_templates_variable_is_completed(string template, string argument, string value, string expected)
    {
        await using var backend = await Backend.StartAsync();
        using var http = Client(backend, Backend.Token);
        var request = new JsonObject
        {
            ["ref"] = new JsonObject { ["type"] = "ref/resource", ["uri"] = template }, ["argument"] = new JsonObject { ["name"] = argument, ["value"] = value },
        };
        (await ValuesAsync(http, request)).ShouldBe(expected);
    }

    [Fact]
    public async Task Typing_on_asks_the_backend_once()
    {
        await using var backend = await Backend.StartAsync();
        using var http = Client(backend, Backend.Token);
        foreach (var typed in new[] { "", "r", "ro", "rob" })
            (await ValuesAsync(http, Prompt("create_application_dashboard", "application_name", typed, ""))).ShouldContain("Robot Shop");
        backend.Simulator.Requests.Seen.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_token_that_is_refused_is_given_no_names_that_another_one_read()
    {
        await using var backend = await Backend.StartAsync();
        using var good = Client(backend, Backend.Token);
        using var bad = Client(backend, "another-token");
        (await ValuesAsync(good, Prompt("create_application_dashboard", "application_name", "rob", ""))).ShouldBe("""["Robot Shop"]""");
        (await ValuesAsync(bad, Prompt("create_application_dashboard", "application_name", "rob", ""))).ShouldBe("[]");
    }

    [Fact]
    public async Task Without_a_credential_there_is_nothing_to_complete()
    {
        await using var backend = await Backend.StartAsync();
        using var http = new McpHttp(backend.Gateway.Client.Root);
        (await ValuesAsync(http, Prompt("create_application_dashboard", "application_name", "rob", ""))).ShouldBe("[]");
        backend.Simulator.Requests.Seen.ShouldBeEmpty();
    }

    private static McpHttp Client(Backend backend, string token)
    {
        var http = new McpHttp(backend.Gateway.Client.Root);
        foreach (var (name, value) in backend.Headers(token))
            http.Always[name] = value;
        return http;
    }

    private static JsonObject Prompt(string prompt, string argument, string value, string context)
    {
        var request = new JsonObject
        {
            ["ref"] = new JsonObject { ["type"] = "ref/prompt", ["name"] = prompt }, ["argument"] = new JsonObject { ["name"] = argument, ["value"] = value },
        };
        if (context.Length > 0)
            request["context"] = new JsonObject { ["arguments"] = JsonNode.Parse(context) };
        return request;
    }

    private static async Task<string> ValuesAsync(McpHttp http, JsonObject request)
    {
        var answer = await http.PostAsync(McpRequest.Modern("completion/complete", request.ToJsonString()));
        return answer.Result["completion"]!["values"]!.ToJsonString();
    }
}
