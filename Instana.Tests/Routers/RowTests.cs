using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Granary.Instana.Params;
using Granary.Instana.Tests.Support;

namespace Granary.Instana.Tests.Routers;

/// <summary>Four tests for each row of the table: a good call, one refused before any request, 403, and an answer that is too long.</summary>
public class RowTests
{
    public static TheoryData<string, int> Rows
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var tool in InstanaTools.Table)
            {
                for (var i = 0; i < tool.Operations.Count; i++)
                    data.Add(tool.Name, i);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_good_call_is_one_documented_request(string tool, int index)
    {
        var row = Row(tool, index);
        var backend = new FakeBackend((request, _) => Good(row, request));
        var answer = await backend.AskAsync(tool, Call(row).ToJsonString());
        answer.IsError.ShouldBeFalse(answer.Text);
        answer.Json.GetProperty("operation").GetString().ShouldBe(row.Name);
        if (row.ResourceType is { } resource)
            answer.Json.GetProperty("resource_type").GetString().ShouldBe(resource);
        answer.Results.ValueKind.ShouldBe(JsonValueKind.Object);
        answer.Text.Length.ShouldBeLessThanOrEqualTo(20_000);
        if (row.Method.Length == 0)
            return;
        // Closing a window that has not begun deletes it, and the lists of windows are one list.
        backend.Seen.ShouldContain(request => request.Method == row.Method && Pattern(row).IsMatch(request.Path), string.Join('\n', backend.Seen));
        backend.Seen.ShouldAllBe(request => !request.Path.Contains('{') && !request.Path.Contains("%7B") && request.Token == "apiToken token-1");
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task What_is_missing_or_unknown_is_refused_before_any_request(string tool, int index)
    {
        var row = Row(tool, index);
        var backend = new FakeBackend((request, _) => Good(row, request));
        foreach (var required in row.Parameters.Where(parameter => parameter.Required))
        {
            var call = Call(row);
            var parameters = call["params"]!.AsObject();
            parameters.Remove(required.Name);
            foreach (var field in required.Fields)
                parameters.Remove(field.Name);
            var answer = await backend.AskAsync(tool, call.ToJsonString());
            answer.IsError.ShouldBeTrue($"without {required.Name}: {answer.Text}");
            answer["elicitation_needed"].GetBoolean().ShouldBeTrue();
            answer.List("missing_parameters").ShouldNotBeEmpty();
            answer["message"].GetString()!.ShouldContain(required.Place == ParameterPlace.WholeBody && required.Fields.Count > 0 ? "required" : required.Name);
        }
        var unknown = Call(row);
        unknown["params"]!["no_such_parameter_at_all"] = 1;
        var refused = await backend.AskAsync(tool, unknown.ToJsonString());
        refused.IsError.ShouldBeTrue(refused.Text);
        refused["message"].GetString()!.ShouldContain("no_such_parameter_at_all");
        backend.Seen.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_wrong_value_of_any_parameter_is_refused_before_any_request(string tool, int index)
    {
        var row = Row(tool, index);
        var backend = new FakeBackend((request, _) => Good(row, request));
        foreach (var parameter in row.Parameters.Where(parameter => parameter.Kind != ParameterKind.Json))
        {
            var call = Call(row);
            var wrong = parameter.Kind is ParameterKind.Object or ParameterKind.Group or ParameterKind.ObjectList or ParameterKind.TagFilter or ParameterKind.Frame
                ? JsonValue.Create(17) : (JsonNode)new JsonObject { ["a"] = new JsonObject() };
            call["params"]!.AsObject()[parameter.Name] = wrong;
            var answer = await backend.AskAsync(tool, call.ToJsonString());
            answer.IsError.ShouldBeTrue($"{parameter.Name}: {answer.Text}");
            answer["message"].GetString()!.ShouldContain(parameter.Name);
        }
        backend.Seen.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_refusal_names_the_permission(string tool, int index)
    {
        var row = Row(tool, index);
        if (row.Method.Length == 0)
            return;
        var backend = FakeBackend.Saying("""{"errors":["Insufficient permissions."]}""", 403);
        var answer = await backend.AskAsync(tool, Call(row).ToJsonString());
        answer.IsError.ShouldBeTrue(answer.Text);
        answer.Text.ShouldContain("403");
        answer.Text.ShouldContain("Insufficient permissions.");
        answer.Text.ShouldNotContain("token-1");
        if (row.Permission is { } permission)
            answer.Text.ShouldContain(permission);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task An_answer_that_is_too_long_is_said_to_be(string tool, int index)
    {
        var row = Row(tool, index);
        if (row.Method.Length == 0)
            return;
        var backend = new FakeBackend((_, _) => (200, "[" + new string(' ', 200_000) + "]"), new InstanaOptions
        {
            MaxResponseBytes = 64 * 1024, Retry = new RetryOptions { MaxRetries = 0 },
        });
        var answer = await backend.AskAsync(tool, Call(row).ToJsonString());
        answer.IsError.ShouldBeTrue(answer.Text);
        answer.Text.ShouldContain("longer than 64 KiB");
    }

    [Fact]
    public async Task Every_row_is_described_with_a_correct_example()
    {
        var backend = FakeBackend.Saying("[]");
        foreach (var tool in InstanaTools.Table)
        {
            foreach (var row in tool.Operations)
            {
                var ask = new JsonObject { ["operation"] = "describe", ["params"] = new JsonObject { ["operation"] = row.Name } };
                if (row.ResourceType is { } resource)
                    ask["resource_type"] = resource;
                if (row.Subtype is { } subtype)
                    ask["params"]!["resource_subtype"] = subtype;
                var answer = await backend.AskAsync(tool.Name, ask.ToJsonString());
                answer.IsError.ShouldBeFalse(answer.Text);
                answer["params"].GetProperty("type").GetString().ShouldBe("object");
                answer["example"].GetProperty("operation").GetString().ShouldBe(row.Name);
            }
        }
        backend.Seen.ShouldBeEmpty();
    }

    private static InstanaOperationDefinition Row(string tool, int index) => InstanaTools.Get(tool).Operations[index];

    private static JsonObject Call(InstanaOperationDefinition row) => Description.Example(row);

    private static Regex Pattern(InstanaOperationDefinition row) =>
        new("^" + Regex.Replace(Regex.Replace(Regex.Escape(row.Path).Replace("\\{", "{").Replace("}", "}"), @";(\w+)=\{\w+\}", "(;$1=[^/;]+)?"), @"\{\w+\}", "[^/;]+") + "$");

    /// <summary>Answers in the shapes that the vendor's document gives for the row's request.</summary>
    private static (int Status, string Body) Good(InstanaOperationDefinition row, HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path.StartsWith("/api/settings/v2/maintenance", StringComparison.Ordinal))
        {
            const string Window = """{"id":"x-1","name":"n","query":"","scheduling":{"type":"ONE_TIME","start":1796162400000,"duration":{"amount":2,"unit":"HOURS"}},"state":"SCHEDULED"}""";
            return request.Method == HttpMethod.Get ? (200, path.EndsWith("maintenance", StringComparison.Ordinal) ? $"[{Window}]" : Window) : (200, "");
        }
        if (request.Method.Method != row.Method || !Pattern(row).IsMatch(path))
            return (200, path.Contains("/catalog", StringComparison.Ordinal) ? "[]" : """{"id":"x-1"}""");
        if (path.EndsWith("/catalog", StringComparison.Ordinal) || path.Contains("/catalog/tags", StringComparison.Ordinal))
            return (200, """{"tagTree":[],"tags":[{"name":"service.name","label":"Service name","type":"STRING"}]}""");
        return row.Result switch
        {
            ResultShape.Nothing => (204, ""),
            ResultShape.Text => (200, "cidr,country\n10.0.0.0/8,DE\n"),
            ResultShape.List => (200, """[{"id":"x-1","eventId":"x-1","name":"n","label":"l","metricId":"m","type":"SCRIPT","tags":["t"]}]"""),
            ResultShape.Pages => (200, """{"items":[{"id":"x-1","label":"l"}],"page":1,"pageSize":20,"totalHits":1}"""),
            ResultShape.Cursor => (200, """{"items":[{"name":"a","cursor":{"@class":".IngestionOffsetCursor","ingestionTime":1,"offset":1},"metrics":{"calls.sum":[[1,2.0]]}}],"canLoadMore":false,"totalHits":1}"""),
            _ => (200, """{"id":"x-1","name":"n"}"""),
        };
    }
}
