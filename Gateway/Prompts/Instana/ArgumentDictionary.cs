using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>
/// Every argument that prompts share, with type and meaning. A prompt names one as <c>name</c>, <c>name*</c> where it is required,
/// <c>name=default</c>, and gives another meaning or type where it needs to: <c>name(integer)*: meaning</c>.
/// </summary>
internal sealed partial class ArgumentDictionary(JsonObject entries)
{
    /// <summary>Whether any prompt has such an argument.</summary>
    public bool Knows(string name) => entries.ContainsKey(name);

    public ArgumentRule Read(string text)
    {
        var match = Form().Match(text);
        var name = match.Groups["name"].Value;
        if (!match.Success || entries[name] is not JsonObject entry)
            throw new InvalidDataException($"'{text}' names no argument of arguments.json.");
        var word = match.Groups["type"] is { Success: true } own ? own.Value : entry["type"]?.GetValue<string>() ?? "text";
        var type = Enum.Parse<ArgumentType>(word, ignoreCase: true);
        var about = match.Groups["about"] is { Success: true } meaning ? meaning.Value : entry["about"]!.GetValue<string>();
        return new ArgumentRule(name, type, match.Groups["required"].Success, about)
        {
            Default = match.Groups["default"] is { Success: true } text2 ? ArgumentText.Parse(type, text2.Value) : null,
            Choices = [.. (entry["choices"]?.AsArray() ?? []).Select(choice => choice!.GetValue<string>())],
            Completes = entry["completes"]?.GetValue<string>(),
        };
    }

    [GeneratedRegex(@"^(?<name>\w+)(\((?<type>\w+)\))?(?<required>\*)?(=(?<default>[^:]+))?(: (?<about>.+))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
