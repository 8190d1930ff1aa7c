using Granary.Gateway.Access;

namespace Granary.Gateway.Invocation;

/// <summary>One <c>completion/complete</c>.</summary>
public sealed class CompletionCall : Call
{
    internal CompletionCall(ICallChannel channel, string argument, string value, IReadOnlyDictionary<string, string> context, Authorizer authorizer)
        : base(channel, authorizer)
    {
        Argument = argument;
        Value = value;
        Context = context;
    }

    /// <summary>The argument to complete.</summary>
    public string Argument { get; }

    /// <summary>What has been typed so far.</summary>
    public string Value { get; }

    /// <summary>Arguments that were settled before.</summary>
    public IReadOnlyDictionary<string, string> Context { get; }
}
