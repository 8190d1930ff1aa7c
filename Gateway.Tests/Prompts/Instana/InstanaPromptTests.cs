using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Gateway.Configuration;
using Granary.Gateway.Prompts;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Prompts.Instana;

/// <summary>The prompts about an Instana backend, over the wire.</summary>
public sealed partial class InstanaPromptTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private static readonly string[] Absent = ["", " ", "None", "none", "null", "undefined"];

    public static TheoryData<string> Names => [.. DocumentedPrompts.All.Select(prompt => prompt.Name)];

    [Fact]
    public async Task Names_categories_and_arguments_are_the_documented_ones()
    {
        DocumentedPrompts.All.Count.ShouldBe(117);
        var listed = (await gateway.Http.PostAsync(McpRequest.Modern("prompts/list"))).Result["prompts"]!.AsArray();
        foreach (var (category, name, arguments) in DocumentedPrompts.All)
        {
            var prompt = listed.SingleOrDefault(p => (string)p!["name"]! == name);
            prompt.ShouldNotBeNull(name);
            var shown = prompt["arguments"]?.AsArray() ?? [];
            shown.Select(a => (string)a!["name"]! + ((bool?)a["required"] == true ? "*" : "")).ShouldBe(arguments, name);
            shown.ShouldAllBe(a => ((string)a!["description"]!).Length > 5, name);
            Prompt(name).Categories.ShouldBe([category]);
        }
    }

    [Fact]
    public async Task Tools_selects_prompts_of_the_same_category_and_no_other()
    {
        foreach (var category in GatewayOptions.Categories.Except(["vault"]))
        {
            await using var narrow = new Narrow(await TestGateway.StartAsync(o => o with { Tools = [category] }));
            var listed = (await narrow.Gateway.Http.PostAsync(McpRequest.Modern("prompts/list"))).Result["prompts"]!.AsArray()
                .Select(p => (string)p!["name"]!).Where(name => !name.StartsWith("p_", StringComparison.Ordinal));
            listed.ShouldBe(DocumentedPrompts.All.Where(p => p.Category == category).Select(p => p.Name), ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_step_whose_tool_is_switched_off_is_left_out_and_named()
    {
        await using var narrow = new Narrow(await TestGateway.StartAsync(o => o with { Tools = ["infra"] }));
        var text = await TextAsync(narrow.Gateway, "debug_ibmmq_queue_full", new() { ["queue_name"] = "ORDERS" });
        Calls(text).ShouldAllBe(call => call.Tool == "manage_infrastructure");
        text.ShouldContain("manage_events and manage_releases are left out");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_rendering_shows_valid_calls_and_no_trace_of_what_is_left_out(string name)
    {
        var rules = DocumentedPrompts.All.Single(p => p.Name == name).Arguments;
        var required = rules.Where(rule => rule.EndsWith('*')).Select(rule => rule[..^1]).ToList();
        var optional = rules.Where(rule => !rule.EndsWith('*')).ToList();
        var renderings = new List<Dictionary<string, string>> { Samples.For(name, required), Samples.For(name, [.. required, .. optional]) };
        renderings.AddRange(optional.Select(one => Samples.For(name, [.. required, one])));
        renderings.AddRange(optional.Select(one => Samples.For(name, [.. required, .. optional.Where(other => other != one)])));
        renderings.AddRange(Absent.Select(word => Samples.For(name, required).Concat(optional.Select(one => KeyValuePair.Create(one, word))).ToDictionary()));
        foreach (var arguments in renderings)
        {
            var text = await TextAsync(gateway, name, arguments);
            Leftovers().Matches(text).Select(match => match.Value).ShouldBeEmpty(text);
            var calls = Calls(text);
            calls.ShouldNotBeEmpty();
            calls.SelectMany(call => TableCheck.Problems(call.Tool, call.Arguments)).ShouldBeEmpty(text);
            foreach (var call in calls)
                DocumentedOperations.All.ShouldContain((call.Tool, (string?)call.Arguments["resource_type"], (string)call.Arguments["operation"]!));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_given_arrives_in_the_prompt(string name)
    {
        foreach (var rule in DocumentedPrompts.All.Single(p => p.Name == name).Arguments.Where(rule => rule.EndsWith("_id*", StringComparison.Ordinal)
            || rule is "id*" or "label*" or "title*"))
        {
            var arguments = Samples.For(name, DocumentedPrompts.All.Single(p => p.Name == name).Arguments.Where(r => r.EndsWith('*')).Select(r => r[..^1]));
            arguments[rule[..^1]] = "x\"y\\z";
            var text = await TextAsync(gateway, name, arguments);
            Texts(Calls(text).Select(call => call.Arguments)).Append(text).ShouldContain(shown => shown.Contains("x\"y\\z"));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_required_argument_that_is_missing_or_empty_is_named(string name)
    {
        var required = DocumentedPrompts.All.Single(p => p.Name == name).Arguments.Where(rule => rule.EndsWith('*')).Select(rule => rule[..^1]).ToList();
        foreach (var missing in required)
        {
            var others = Samples.For(name, required.Where(other => other != missing));
            Refusal(await GetAsync(gateway, name, others)).ShouldContain($"'{missing}'");
            foreach (var word in Absent)
            {
                others[missing] = word;
                Refusal(await GetAsync(gateway, name, others)).ShouldContain($"'{missing}'");
            }
        }
    }

    [Theory]
    [InlineData("get_events", """{"max_events":"many"}""", "'max_events' is a whole number, for example 50; it is 'many'.")]
    [InlineData("get_events", """{"severity":"1.5"}""", "'severity' is a whole number")]
    [InlineData("get_events", """{"severity":"99999999999999999999"}""", "'severity' is a whole number")]
    [InlineData("infra_available_plugins", """{"offline":"perhaps"}""", "'offline' is true or false; it is 'perhaps'.")]
    [InlineData("get_website_beacons", """{"payload":"[1]"}""", "'payload' is a JSON object")]
    [InlineData("get_website_beacons", """{"payload":"{"}""", "'payload' is a JSON object")]
    [InlineData("get_website_beacons", """{"payload":"{\"a\":1,\"a\":2}"}""", "'payload' is a JSON object")]
    [InlineData("get_events_by_ids", """{"event_ids":"[oops"}""", "'event_ids' is a JSON list")]
    [InlineData("get_events_by_ids", """{"event_ids":" , "}""", "'event_ids' is a JSON list")]
    [InlineData("get_application_metrics", """{"metrics":"a:b:c"}""", "'metrics' is a JSON list")]
    [InlineData("get_application_metrics", """{"metrics":"[1]"}""", "'metrics' is a JSON list")]
    [InlineData("get_websites", """{"colour":"red"}""", "has no argument 'colour'. It takes none.")]
    [InlineData("get_event", """{"event_id":"e","eventid":"e"}""", "has no argument 'eventid'; did you mean 'event_id'?")]
    public async Task A_value_of_the_wrong_type_is_refused_with_what_it_takes(string name, string arguments, string sentence) =>
        Refusal(await gateway.Http.PostAsync(McpRequest.Modern("prompts/get", $$"""{"name":"{{name}}","arguments":{{arguments}}}"""))).ShouldContain(sentence);

    [Theory]
    [InlineData("get_events", "max_events", "20", "20")]
    [InlineData("get_events", "from_time", "1760000000000", "1760000000000")]
    [InlineData("get_events", "from_time", "2026-03-10T14:00:00Z", "\"2026-03-10T14:00:00Z\"")]
    [InlineData("get_events", "event_type_filters", "INCIDENT, ISSUE", """["INCIDENT","ISSUE"]""")]
    [InlineData("get_events", "event_type_filters", """["INCIDENT"]""", """["INCIDENT"]""")]
    [InlineData("get_events", "entity_label", "1234", "\"1234\"")]
    public async Task A_value_is_shown_in_the_type_that_the_tool_takes(string name, string argument, string text, string json)
    {
        var call = Calls(await TextAsync(gateway, name, new() { [argument] = text })).Single();
        call.Arguments["params"]!["filters"]![argument]!.ToJsonString().ShouldBe(json);
    }

    [Fact]
    public async Task Arguments_with_a_choice_are_completed()
    {
        var answer = await gateway.Http.PostAsync(McpRequest.Modern(
            "completion/complete", """{"ref":{"type":"ref/prompt","name":"get_events"},"argument":{"name":"entity_type","value":"s"}}"""));
        answer.Result["completion"]!["values"]!.ToJsonString().ShouldBe("""["SERVICE"]""");
    }

    internal static List<ShownCall> Calls(string text)
    {
        var lines = text.Split('\n');
        var calls = new List<ShownCall>();
        for (var i = 0; i + 1 < lines.Length; i++)
        {
            if (Call().Match(lines[i]) is { Success: true } match)
                calls.Add(new ShownCall(match.Groups[1].Value, JsonNode.Parse(lines[i + 1])!.AsObject()));
        }
        return calls;
    }

    /// <summary>Every text inside JSON values.</summary>
    private static IEnumerable<string> Texts(IEnumerable<JsonNode?> nodes) => nodes.SelectMany(node => node switch
    {
        JsonObject members => Texts(members.Select(member => member.Value)),
        JsonArray items => Texts(items),
        _ => [node?.ToString() ?? ""],
    });

    private static string Refusal(Answer answer)
    {
        answer.Code.ShouldBe(-32602);
        return answer.ErrorText;
    }

    private IPrompt Prompt(string name) => gateway.Get<PromptCatalog>().TryGet(name, out var prompt) ? prompt : throw new InvalidOperationException(name);

    private static Task<Answer> GetAsync(TestGateway gateway, string name, Dictionary<string, string> arguments) =>
        gateway.Http.PostAsync(McpRequest.Modern("prompts/get", $$"""{"name":"{{name}}","arguments":{{JsonSerializer.Serialize(arguments)}}}"""));

    private static async Task<string> TextAsync(TestGateway gateway, string name, Dictionary<string, string> arguments)
    {
        var answer = await GetAsync(gateway, name, arguments);
        answer.ShouldSucceed();
        return (string)answer.Result["messages"]!.AsArray().Single()!["content"]!["text"]!;
    }

    [GeneratedRegex("None|null|undefined|\\{[a-z_|]+\\}|\\$each|\\$if|\\$unless|\"\\.\\.\\.\"|\\(not specified\\)")]
    private static partial Regex Leftovers();

    [GeneratedRegex("Call `(\\w+)` with:$")]
    private static partial Regex Call();

    internal sealed record ShownCall(string Tool, JsonObject Arguments);

    private sealed record Narrow(TestGateway Gateway) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Gateway.DisposeAsync();
    }
}
