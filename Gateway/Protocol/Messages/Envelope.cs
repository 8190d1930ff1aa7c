using System.Text;
using System.Text.Json;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>
/// What routing needs of a JSON-RPC message, found in one pass over its bytes without building a tree: everything else stays where it is, as
/// slices of the body.
/// </summary>
internal sealed class Envelope
{
    /// <summary>What stands in <c>params</c> and is most likely meant for something else.</summary>
    internal MisspelledMembers Misspelled;

    internal Envelope(ReadOnlyMemory<byte> body) => Body = body;

    public ReadOnlyMemory<byte> Body { get; }

    public MessageKind Kind { get; internal set; }

    /// <summary>The id's raw token, a string or an integer; empty for notifications.</summary>
    public ReadOnlyMemory<byte> Id { get; internal set; }

    public string Method { get; internal set; } = "";

    public Slice Params { get; internal set; }

    /// <summary>For a response: its <c>result</c>.</summary>
    public Slice Result { get; internal set; }

    /// <summary>For a response: its <c>error</c>.</summary>
    public Slice Error { get; internal set; }

    /// <summary><c>params.name</c>, when it is a string.</summary>
    public string? Name { get; internal set; }

    /// <summary><c>params.uri</c>, when it is a string.</summary>
    public string? Uri { get; internal set; }

    public Slice Arguments { get; internal set; }

    public Slice InputResponses { get; internal set; }

    public string? RequestState { get; internal set; }

    /// <summary>Where a list is gone on with.</summary>
    public Slice Cursor { get; internal set; }

    public EnvelopeMeta Meta { get; internal set; } = EnvelopeMeta.None;

    /// <summary>The id as text, for tracking headers and look-ups.</summary>
    public string IdText => Encoding.UTF8.GetString(Id.Span);

    /// <summary>Params as a document; the caller disposes it. An absent member reads as an empty object.</summary>
    public JsonDocument ParseParams() => Parse(Params);

    /// <summary>The arguments, an object; the caller disposes it. One that was sent as a string of JSON is read.</summary>
    /// <exception cref="RpcException">They are something else.</exception>
    public JsonDocument ParseArguments()
    {
        var document = Parse(Arguments);
        switch (document.RootElement.ValueKind)
        {
            case JsonValueKind.Object:
                return document;
            case JsonValueKind.String:
                using (document)
                    return ReadObject(document.RootElement.GetString()!);
            default:
                document.Dispose();
                throw NoObject();
        }
    }

    public JsonDocument Parse(Slice slice) => JsonDocument.Parse(slice.IsPresent ? slice.Of(Body) : "{}"u8.ToArray(), EnvelopeReader.DocumentOptions);

    /// <summary>For methods that take arguments: refuses a member that is most likely a slip in one that is read.</summary>
    /// <exception cref="RpcException">There is one.</exception>
    public void RefuseMisspelled() => Misspelled.Refuse(Method, Arguments.IsPresent);

    /// <summary>For lists: refuses a member that is most likely a slip in <c>cursor</c>.</summary>
    /// <exception cref="RpcException">There is one.</exception>
    public void RefuseMisspelledCursor() => Misspelled.RefuseCursor(Method);

    private static JsonDocument ReadObject(string text)
    {
        try
        {
            var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text), EnvelopeReader.DocumentOptions);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // Said below, in a sentence.
        }
        throw NoObject();
    }

    private static RpcException NoObject() => RpcException.InvalidParams("'params.arguments' must be a JSON object.");
}

/// <summary>The parts of <c>params._meta</c> that the protocol itself reads.</summary>
internal sealed record EnvelopeMeta
{
    public static EnvelopeMeta None { get; } = new();

    public bool IsPresent { get; init; }

    public string? ProtocolVersion { get; set; }

    public Slice ClientCapabilities { get; set; }

    public Slice ClientInfo { get; set; }

    public string? LogLevel { get; set; }

    /// <summary>Whether the caller asks where the call is recorded.</summary>
    public bool WantsReceipt { get; set; }

    /// <summary>The raw token, a string or a number.</summary>
    public Slice ProgressToken { get; set; }

    /// <summary>The client's span, as W3C Trace Context writes it; not checked.</summary>
    public string? TraceParent { get; set; }

    /// <summary>What vendors add to it.</summary>
    public string? TraceState { get; set; }
}
