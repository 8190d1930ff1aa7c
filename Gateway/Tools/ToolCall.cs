using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;

namespace Granary.Gateway.Tools;

/// <summary>One <c>tools/call</c>: the arguments, and everything a <see cref="Call"/> offers.</summary>
public sealed class ToolCall : Call
{
    internal ToolCall(ICallChannel channel, string name, JsonElement arguments, Authorizer authorizer)
        : base(channel, authorizer)
    {
        Name = name;
        Arguments = arguments;
    }

    /// <summary>The tool's name as the client called it.</summary>
    public string Name { get; }

    /// <summary>The arguments, valid by the tool's input schema; an object, empty where the client sent none. Good until the call ends.</summary>
    public JsonElement Arguments { get; }
}
