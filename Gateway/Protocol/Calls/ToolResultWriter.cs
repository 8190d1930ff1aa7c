using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Tools;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>Frames a tool's answer. The plain shapes are written straight from their bytes.</summary>
internal static class ToolResultWriter
{
    /// <param name="reply">Where it goes.</param>
    /// <param name="call">The call.</param>
    /// <param name="result">What the tool answered.</param>
    /// <param name="receipt">Where the call is recorded, for a caller who asked.</param>
    /// <param name="structuredFailures">Whether a failure has structured content too.</param>
    public static void Write(ReplyBuffer reply, CallChannel call, ToolResult result, JsonObject? receipt, bool structuredFailures)
    {
        if (result.Full is { } full)
        {
            if (receipt is not null)
                (full.Meta ??= [])[OwnMetaKeys.Receipt] = receipt;
            ResultWriter.Write(reply, call, full);
            return;
        }
        RpcWriter.BeginResult(reply, call.Envelope.Id.Span);
        reply.Write("{\"content\":[{\"type\":\"text\",\"text\":"u8);
        WriteText(reply, call, result);
        reply.Write("}]"u8);
        // What is paid for once is in the text alone where a client does not know structured content.
        if (result.PlainText is null && (structuredFailures || !result.IsError) && (result.Brief is null || KnowsStructure(call)))
        {
            reply.Write(",\"structuredContent\":"u8);
            reply.Write(result.JsonObject.Span);
        }
        if (result.IsError)
            reply.Write(",\"isError\":true"u8);
        if (receipt is not null)
        {
            WriteMeta(reply, call, receipt);
        }
        else if (call.IsModern)
        {
            reply.Write(","u8);
            reply.Write(ServerIdentity.CompleteTail.Span);
        }
        reply.Write("}"u8);
        RpcWriter.EndResult(reply);
    }

    private static void WriteMeta(ReplyBuffer reply, CallChannel call, JsonObject receipt)
    {
        var meta = call.IsModern ? ServerIdentity.Meta() : [];
        meta[OwnMetaKeys.Receipt] = receipt;
        reply.Write(call.IsModern ? ",\"resultType\":\"complete\",\"_meta\":"u8 : ",\"_meta\":"u8);
        reply.Write(JsonSerializer.SerializeToUtf8Bytes(meta, Wire.Options.GetTypeInfo(typeof(JsonObject))));
    }

    private static void WriteText(ReplyBuffer reply, CallChannel call, ToolResult result)
    {
        if (result.PlainText is { } text)
        {
            WriteString(reply, Encoding.UTF8.GetBytes(text));
            return;
        }
        if (result.Brief is { } brief)
        {
            WriteString(reply, KnowsStructure(call) ? Encoding.UTF8.GetBytes(brief) : result.JsonObject.Span);
            return;
        }
        if (result.IsCompact)
        {
            WriteString(reply, result.JsonObject.Span);
            return;
        }
        using var indented = ReplyBuffer.Rent();
        IndentedJson.Write(result.JsonObject.Span, indented);
        WriteString(reply, indented.Written.Span);
    }

    /// <summary>Structured content came with 2025-06-18; older clients read the text only.</summary>
    private static bool KnowsStructure(CallChannel call) => string.CompareOrdinal(call.Revision, "2025-06-18") >= 0;

    private static void WriteString(ReplyBuffer reply, ReadOnlySpan<byte> utf8)
    {
        var json = reply.Json();
        json.WriteStringValue(utf8);
        json.Flush();
    }
}
