using Granary.Gateway.Tools;
using ModelContextProtocol.Protocol;

namespace Granary.Conformance.Tests.Fixtures;

internal sealed class InputElicitation() : FixtureTool("test_input_required_result_elicitation", "Needs a name")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call) =>
        ToolResult.Text($"Hello, {Answers.Field(await call.AskAsync("user_name", AskForName()), "name")}!");
}

internal sealed class InputSampling() : FixtureTool("test_input_required_result_sampling", "Needs the client's model")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call) =>
        ToolResult.Text(Answers.SampledText(await call.AskAsync("capital_question", AskModel("What is the capital of France?", 100))));
}

internal sealed class InputRoots() : FixtureTool("test_input_required_result_list_roots", "Needs the client's roots")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var roots = (await call.AskAsync("client_roots", AskRoots())).RawValue.GetProperty("roots");
        return ToolResult.Text($"Roots: {string.Join(", ", roots.EnumerateArray().Select(r => r.GetProperty("uri").GetString()))}");
    }
}

/// <summary>Asks for a confirmation with a state that must come back unchanged.</summary>
internal abstract class ConfirmTool(string name) : FixtureTool(name, "Needs a confirmation and its own state back")
{
    private const string Expected = "confirm-1";

    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        await call.AskAsync(
            new Dictionary<string, InputRequest>
            {
                ["confirm"] = Ask("""
                    {"method":"elicitation/create","params":{"message":"Please confirm",
                     "requestedSchema":{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}}}
                    """),
            },
            Expected);
        return call.State == Expected ? ToolResult.Text("state-ok") : ToolResult.Error("The state did not come back.");
    }
}

internal sealed class InputRequestState() : ConfirmTool("test_input_required_result_request_state");

internal sealed class InputTamperedState() : ConfirmTool("test_input_required_result_tampered_state");

internal sealed class InputMultiple() : FixtureTool("test_input_required_result_multiple_inputs", "Needs three answers at once")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var answers = await call.AskAsync(
            new Dictionary<string, InputRequest>
            {
                ["user_name"] = AskForName(),
                ["greeting"] = AskModel("Generate a greeting", 50),
                ["client_roots"] = AskRoots(),
            },
            "three");
        return ToolResult.Text($"{Answers.SampledText(answers["greeting"])} {Answers.Field(answers["user_name"], "name")}");
    }
}

internal sealed class InputMultiRound() : FixtureTool("test_input_required_result_multi_round", "Needs two answers, one after the other")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var name = call.State is { } state && state.StartsWith("2:", StringComparison.Ordinal) ? state[2..] : null;
        if (name is null)
        {
            var first = await call.AskAsync(
                new Dictionary<string, InputRequest> { ["step1"] = AskForName("Step 1: What is your name?") }, "1:");
            name = Answers.Field(first["step1"], "name");
        }
        var second = await call.AskAsync(
            new Dictionary<string, InputRequest>
            {
                ["step2"] = Ask("""
                    {"method":"elicitation/create","params":{"message":"Step 2: What is your favorite color?",
                     "requestedSchema":{"type":"object","properties":{"color":{"type":"string"}},"required":["color"]}}}
                    """),
            },
            $"2:{name}");
        return ToolResult.Text($"{name} likes {Answers.Field(second["step2"], "color")}.");
    }
}

internal sealed class InputCapabilities() : FixtureTool("test_input_required_result_capabilities", "Asks for whatever the client can answer")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var requests = new Dictionary<string, InputRequest>();
        if (call.CanAsk(RequestMethods.ElicitationCreate))
            requests["user_name"] = AskForName();
        if (call.CanAsk(RequestMethods.SamplingCreateMessage))
            requests["greeting"] = AskModel("Generate a greeting", 50);
        if (call.CanAsk(RequestMethods.RootsList))
            requests["client_roots"] = AskRoots();
        if (requests.Count == 0)
            return ToolResult.Text("This client cannot be asked anything.");
        var answers = await call.AskAsync(requests);
        return ToolResult.Text($"Answered: {string.Join(", ", answers.Keys)}");
    }
}
