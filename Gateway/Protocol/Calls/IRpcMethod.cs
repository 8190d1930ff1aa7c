using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>A method a client can call: writes one whole JSON-RPC response into the reply, or throws <see cref="RpcException"/>.</summary>
internal interface IRpcMethod
{
    string Name { get; }

    /// <summary>Whether the 2026-07-28 revision has it.</summary>
    bool InModern => true;

    /// <summary>Whether the revisions before have it.</summary>
    bool InLegacy => true;

    /// <summary>Whether it works for a tenant beyond this process, and so counts among the calls that a key and a tenant have under way.</summary>
    bool IsCounted => false;

    /// <summary>Whether the answer is a list of what there is: long, and without anything of the caller in it.</summary>
    bool IsList => false;

    ValueTask InvokeAsync(CallChannel call, ReplyBuffer reply);
}
