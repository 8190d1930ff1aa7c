using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Prompts;

/// <summary>A prompt: one small class, found by itself at start.</summary>
public interface IPrompt
{
    /// <summary>Name, title, description and arguments, as they go over the wire.</summary>
    Prompt Definition { get; }

    /// <summary>The categories by which <c>--tools</c> selects it; none means always on.</summary>
    IReadOnlyList<string> Categories { get; }

    /// <summary>The scope a caller needs; see <see cref="Access.Scopes"/>. Null asks for none.</summary>
    string? Scope => null;

    /// <summary>Renders the prompt.</summary>
    ValueTask<GetPromptResult> GetAsync(PromptCall call);

    /// <summary>Completes an argument; the best first, at most 100.</summary>
    ValueTask<IReadOnlyList<string>> CompleteAsync(CompletionCall call) => new([]);
}

/// <summary>One <c>prompts/get</c>.</summary>
public sealed class PromptCall : Call
{
    internal PromptCall(ICallChannel channel, string name, IReadOnlyDictionary<string, JsonElement> arguments, Authorizer authorizer)
        : base(channel, authorizer)
    {
        Name = name;
        Arguments = arguments;
    }

    /// <summary>The prompt's name as the client asked for it.</summary>
    public string Name { get; }

    /// <summary>The arguments; the required ones are present.</summary>
    public IReadOnlyDictionary<string, JsonElement> Arguments { get; }

    /// <summary>An argument as text, or null.</summary>
    public string? Argument(string name) =>
        Arguments.TryGetValue(name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;
}
