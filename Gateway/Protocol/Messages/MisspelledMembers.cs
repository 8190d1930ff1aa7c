using System.Text.Json;
using Granary.Spelling;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>
/// Members of <c>params</c> that are most likely a slip in one that a call reads: what stands in them would be dropped in silence. Whatever is less near
/// may be a later revision's, and is ignored as the protocol has it.
/// </summary>
internal struct MisspelledMembers
{
    private static readonly string[] Names = ["arguments", "inputResponses", "requestState"];

    // What other interfaces call the arguments of a tool. Beside the arguments themselves it is somebody else's.
    private static readonly string[] OtherNames = ["arg", "args", "input", "inputs", "kwargs", "parameters", "params"];

    // What a list is gone on with, and what the answer calls it. Dropped, a client would read the first page for ever.
    private static readonly string[] CursorNames = ["cursor", "nextCursor"];

    // A body of nothing but such members must not cost more than reading it.
    private const int MaxLookedAt = 32;

    private int _seen;
    private string? _wrong;
    private string? _meant;
    private string? _otherName;
    private string? _cursor;

    /// <summary>Notes a member that the protocol does not know.</summary>
    public void Add(ref readonly Utf8JsonReader reader)
    {
        if (++_seen <= MaxLookedAt)
            Add(reader.GetString()!);
    }

    /// <exception cref="RpcException">There is one; the message says what was most likely meant.</exception>
    public readonly void Refuse(string method, bool hasArguments)
    {
        if (_wrong is not null)
            throw Unknown(method, _wrong, _meant!);
        if (_otherName is not null && !hasArguments)
            throw Unknown(method, _otherName, Names[0]);
    }

    /// <summary>For lists: refuses a slip in the cursor.</summary>
    /// <exception cref="RpcException">There is one; the message says what was most likely meant.</exception>
    public readonly void RefuseCursor(string method)
    {
        if (_cursor is not null)
            throw Unknown(method, _cursor, CursorNames[0]);
    }

    private void Add(string member)
    {
        if (_wrong is null && Array.Find(Names, name => NearestName.IsSlip(member, name)) is { } name)
            (_wrong, _meant) = (member, name);
        if (OtherNames.Contains(member, StringComparer.OrdinalIgnoreCase))
            _otherName ??= member;
        if (_cursor is null && Array.Exists(CursorNames, name => NearestName.IsSlip(member, name)))
            _cursor = member;
    }

    private static RpcException Unknown(string method, string wrong, string meant) =>
        RpcException.InvalidParams($"'params' of {method} has no member '{NearestName.Shorten(wrong)}'; did you mean '{meant}'? Nothing was done.");
}
