using System.Text.Json;
using System.Text.Unicode;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>
/// Reads a message's envelope and checks on the way what no later step has to check again: well-formed UTF-8 and JSON, nesting, surrogates,
/// and that no member the protocol reads stands twice.
/// </summary>
internal static class EnvelopeReader
{
    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    public static JsonDocumentOptions DocumentOptions { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>Whether the body is a JSON array: a batch, or a mistake.</summary>
    public static bool IsArray(ReadOnlySpan<byte> body)
    {
        var start = body.IndexOfAnyExcept(" \t\r\n"u8);
        return start >= 0 && body[start] == (byte)'[';
    }

    /// <exception cref="RpcException">The bytes are not one JSON-RPC message; the message says what is wrong.</exception>
    public static Envelope Read(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
            throw RpcException.Parse(NoText(body.Span));
        if (body.Span.StartsWith("\uFEFF"u8))
            throw RpcException.Parse("The body begins with a byte order mark: send UTF-8 without one.");
        try
        {
            return ReadMessage(body);
        }
        catch (JsonException e)
        {
            throw RpcException.Parse(Describe(e));
        }
    }

    /// <summary>The members of a batch, each still to be read.</summary>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> body)
    {
        try
        {
            var members = new List<ReadOnlyMemory<byte>>();
            var reader = new Utf8JsonReader(body.Span, ReaderOptions);
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                members.Add(body[start..(int)reader.BytesConsumed]);
            }
            reader.Read();
            return members;
        }
        catch (JsonException e)
        {
            throw RpcException.Parse(Describe(e));
        }
    }

    /// <summary>What bytes that are no UTF-8 most likely are.</summary>
    private static string NoText(ReadOnlySpan<byte> body) => body switch
    {
        [0x1F, 0x8B, ..] => "The body is compressed with gzip: send it as it is, in UTF-8.",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "The body is compressed with zstd: send it as it is, in UTF-8.",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "The body is in UTF-16: send it in UTF-8.",
        _ => "The body is not valid UTF-8.",
    };

    private static string Describe(JsonException e) =>
        e.Message.Contains("depth", StringComparison.OrdinalIgnoreCase)
            ? $"The JSON is nested deeper than {MaxDepth} levels."
            : $"Parse error: the body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).";

    private static Envelope ReadMessage(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span, ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw RpcException.InvalidRequest("A JSON-RPC message is an object.");
        var envelope = new Envelope(body);
        var seen = Members.None;
        string? version = null;
        RpcException? problem = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            JsonText.Check(in reader);
            if (reader.ValueTextEquals("jsonrpc"u8))
            {
                Once(ref seen, Members.JsonRpc, "jsonrpc");
                version = JsonText.ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                Once(ref seen, Members.Id, "id");
                // Read first, then remembered: a problem before this one must not leave the value unread.
                var wrongId = ReadId(ref reader, envelope);
                problem ??= wrongId;
            }
            else if (reader.ValueTextEquals("method"u8))
            {
                Once(ref seen, Members.Method, "method");
                envelope.Method = JsonText.ReadText(ref reader) ?? throw RpcException.InvalidRequest("'method' is a string.");
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                Once(ref seen, Members.Params, "params");
                reader.Read();
                var wrongParams = ParamsReader.Read(ref reader, envelope);
                problem ??= wrongParams;
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                Once(ref seen, Members.Result, "result");
                envelope.Result = JsonText.SkipValue(ref reader);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                Once(ref seen, Members.Error, "error");
                envelope.Error = JsonText.SkipValue(ref reader);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
        // Reading on past the end finds trailing bytes; the body must be well-formed before it can be wrong in other ways.
        reader.Read();
        if (version != "2.0")
            throw RpcException.InvalidRequest("'jsonrpc' must be \"2.0\".").WithId(envelope);
        if (problem is not null)
            throw problem.WithId(envelope);
        envelope.Kind = Classify(seen);
        return envelope;
    }

    private static MessageKind Classify(Members seen)
    {
        if (seen.HasFlag(Members.Method))
            return seen.HasFlag(Members.Id) ? MessageKind.Request : MessageKind.Notification;
        if (seen.HasFlag(Members.Id) && (seen.HasFlag(Members.Result) || seen.HasFlag(Members.Error)))
            return MessageKind.Response;
        throw RpcException.InvalidRequest("A JSON-RPC message has a 'method', or an 'id' with a 'result' or an 'error'.");
    }

    private static RpcException? ReadId(ref Utf8JsonReader reader, Envelope envelope)
    {
        var slice = JsonText.SkipValue(ref reader);
        var raw = slice.Of(envelope.Body);
        var first = raw.Span[0];
        if (first == (byte)'"')
        {
            if (raw.Length > 1024)
                return RpcException.InvalidRequest("'id' is longer than 1024 bytes.");
        }
        else if (first is not ((byte)'-' or (>= (byte)'0' and <= (byte)'9')) || raw.Span.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0 || raw.Length > 32)
        {
            return RpcException.InvalidRequest("'id' is a string or an integer, never null.");
        }
        envelope.Id = raw;
        return null;
    }

    private static void Once(ref Members seen, Members member, string name)
    {
        if ((seen & member) != 0)
            throw RpcException.InvalidRequest($"Duplicate member '{name}': send it once.");
        seen |= member;
    }

    [Flags]
    private enum Members
    {
        None = 0,
        JsonRpc = 1,
        Id = 2,
        Method = 4,
        Params = 8,
        Result = 16,
        Error = 32,
    }
}
