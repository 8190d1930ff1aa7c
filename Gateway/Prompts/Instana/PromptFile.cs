using System.Text.Json.Nodes;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>
/// Reads the definitions of one category. A file has <c>prompts</c>, and <c>shared</c> lists of steps that several of them <c>use</c>.
/// A step is a sentence, or an object with <c>do</c>, <c>call</c> ("tool [resource_type] operation"), <c>params</c>, <c>if</c> and <c>unless</c>.
/// </summary>
internal sealed class PromptFile(JsonObject file, ArgumentDictionary arguments)
{
    private readonly string _category = Text(file, "category") ?? throw new InvalidDataException("A file of prompts has no category.");

    public IEnumerable<PromptDefinition> Read() => file["prompts"]!.AsArray().Select(prompt => Read(prompt!.AsObject()));

    private PromptDefinition Read(JsonObject prompt) => new(Text(prompt, "name")!, Text(prompt, "title")!, Text(prompt, "about")!, _category)
    {
        Ask = Text(prompt, "ask")!,
        Arguments = [.. (prompt["arguments"]?.AsArray() ?? []).Select(argument => arguments.Read(argument!.GetValue<string>()))],
        Steps = [.. prompt["steps"]!.AsArray().SelectMany(step => Steps(step!))],
    };

    private IEnumerable<PromptStep> Steps(JsonNode step) => step switch
    {
        JsonValue sentence => [new PromptStep(sentence.GetValue<string>())],
        _ when step["use"] is { } shared => file["shared"]![shared.GetValue<string>()]!.AsArray().SelectMany(inner => Steps(inner!)),
        _ => [Step(step.AsObject())],
    };

    private static PromptStep Step(JsonObject step) => new(Text(step, "do")!)
    {
        If = Names(step, "if"),
        Unless = Names(step, "unless"),
        Call = Text(step, "call") is { } call ? Call(call.Split(' '), step["params"]!.AsObject()) : null,
    };

    private static PromptCallTemplate Call(string[] words, JsonObject parameters) =>
        new(words[0], words.Length == 3 ? words[1] : null, words[^1], parameters);

    private static string[] Names(JsonObject step, string member) => Text(step, member)?.Split(',') ?? [];

    private static string? Text(JsonObject from, string member) => from[member]?.GetValue<string>();
}
