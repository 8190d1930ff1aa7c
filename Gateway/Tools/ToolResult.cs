using System.Buffers;
using System.Text.Json;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools;

/// <summary>
/// What a tool answers: either a <see cref="CallToolResult"/>, or one of the plain shapes (a text, a JSON object) that are framed straight
/// from their bytes.
/// </summary>
public sealed class ToolResult
{
    private ToolResult(CallToolResult? full, string? text, ReadOnlyMemory<byte> json, bool isError)
    {
        Full = full;
        PlainText = text;
        JsonObject = PairEscapes.Resolve(json);
        IsError = isError;
    }

    internal CallToolResult? Full { get; }

    internal string? PlainText { get; }

    internal ReadOnlyMemory<byte> JsonObject { get; }

    internal bool IsError { get; }

    /// <summary>The bytes that stand for it in an audit: its object, its text, or all of it.</summary>
    internal ReadOnlyMemory<byte> Bytes => (Full, PlainText) switch
    {
        ({ } full, _) => Wire.Bytes(full),
        (_, { } text) => System.Text.Encoding.UTF8.GetBytes(text),
        _ => JsonObject,
    };

    /// <summary>What stands in the text instead of the object, for clients that read the object.</summary>
    internal string? Brief { get; private init; }

    /// <summary>Whether the text has no indentation.</summary>
    internal bool IsCompact { get; private init; }

    /// <summary>One text block.</summary>
    public static ToolResult Text(string text) => new(null, text, default, false);

    /// <summary>A failure the model can act on: one sentence that names the field or the cause, and the fix.</summary>
    public static ToolResult Error(string sentence) => new(null, sentence, default, true);

    /// <summary>A JSON object in UTF-8: as <c>structuredContent</c>, and as text with two-space indentation for clients that only read text.</summary>
    public static ToolResult Json(ReadOnlyMemory<byte> utf8Object, bool isError = false) => new(null, null, utf8Object, isError);

    /// <summary>A JSON object in UTF-8: as <c>structuredContent</c>, and as text without any indentation, for answers that a model pays for.</summary>
    public static ToolResult CompactJson(ReadOnlyMemory<byte> utf8Object, bool isError = false) => new(null, null, utf8Object, isError) { IsCompact = true };

    /// <summary>A long JSON object: as <c>structuredContent</c>, and a short text beside it for clients that know structured content, so that it is paid for once.</summary>
    public static ToolResult Json(ReadOnlyMemory<byte> utf8Object, string brief) => new(null, null, utf8Object, false) { Brief = brief };

    /// <summary>A JSON object, written member by member; see <see cref="Json(ReadOnlyMemory{byte}, bool)"/>.</summary>
    public static ToolResult Object(Action<Utf8JsonWriter> members, bool isError = false)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, ReplyBuffer.WriterOptions))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return Json(buffer.WrittenMemory, isError);
    }

    /// <summary>Any result the protocol knows.</summary>
    public static ToolResult From(CallToolResult result) => new(result, null, default, result.IsError == true);
}
