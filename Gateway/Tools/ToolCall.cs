using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;

namespace Granary.Gateway.Tools;

/// <summary>One <c>tools/call</c>: the arguments, and everything a <see cref="Call"/> offers.</summary>
public sealed class ToolCall : Call
{
    private readonly JsonDocument? _document;

    /// <param name="channel">What carries it.</param>
    /// <param name="name">The tool's name as the client called it.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="authorizer">What the caller may do.</param>
    /// <param name="document">What holds the arguments, where that is pooled.</param>
    internal ToolCall(ICallChannel channel, string name, JsonElement arguments, Authorizer authorizer, JsonDocument? document = null)
        : base(channel, authorizer)
    {
        _document = document;
        Name = name;
        Arguments = arguments;
    }

    /// <summary>The tool's name as the client called it.</summary>
    public string Name { get; }

    /// <summary>The arguments, valid by the tool's input schema; an object, empty where the client sent none. Good until the call ends.</summary>
    public JsonElement Arguments { get; }

    /// <summary>Gives back what holds <see cref="Arguments"/>, which must not be read any more: a call may wait long after its tool has read them.</summary>
    internal void ReleaseArguments() => _document?.Dispose();
}
