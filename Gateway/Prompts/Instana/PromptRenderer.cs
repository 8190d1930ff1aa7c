using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>
/// Writes a prompt: what is asked for, then numbered steps, each with its call as the tool's arguments. A sentence that speaks of an argument
/// which is left out is left out with it.
/// </summary>
internal static class PromptRenderer
{
    /// <summary>JSON for a reader: on one line, nothing escaped that need not be.</summary>
    public static readonly JsonSerializerOptions Compact = new() { Encoder = PlainJsonEncoder.Instance };

    public static string Render(PromptDefinition prompt, PromptValues values, Func<string, bool> isServed)
    {
        var text = new StringBuilder(Placeholder.Fill(prompt.Ask, values, null) ?? prompt.About).Append('\n');
        var absent = new SortedSet<string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var step in prompt.Steps)
        {
            if (!Applies(step, values) || Placeholder.Fill(step.Text, values, null) is not { } sentence)
                continue;
            if (step.Call is { } call && !isServed(call.Tool))
            {
                absent.Add(call.Tool);
                continue;
            }
            text.Append(CultureInfo.InvariantCulture, $"\n{++number}. {sentence}");
            if (step.Call is { } shown)
                text.Append(CultureInfo.InvariantCulture, $" Call `{shown.Tool}` with:\n{Arguments(shown, values).ToJsonString(Compact)}");
        }
        if (text.ToString().Contains("\":\"<", StringComparison.Ordinal) || text.ToString().Contains("[\"<", StringComparison.Ordinal))
            text.Append("\n\nWhat stands in <angle brackets> comes from an earlier answer; ids and names there are never guessed.");
        if (absent.Count > 0)
            text.Append(CultureInfo.InvariantCulture,
                $"\n\nSteps with {string.Join(" and ", absent)} are left out: this server does not offer them (--tools). Say what could not be checked.");
        return text.ToString();
    }

    private static bool Applies(PromptStep step, PromptValues values) =>
        (step.If.Count == 0 || step.If.Any(values.Holds)) && !step.Unless.Any(values.Holds);

    private static JsonObject Arguments(PromptCallTemplate call, PromptValues values)
    {
        var arguments = new JsonObject();
        if (call.ResourceType is { } resource)
            arguments["resource_type"] = resource;
        arguments["operation"] = call.Operation;
        var parameters = new ParamsTemplate(values).Fill(call.Params);
        if (parameters.Count > 0)
            arguments["params"] = parameters;
        return arguments;
    }
}
