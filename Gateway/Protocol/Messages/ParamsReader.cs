using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>Reads <c>params</c>: the members that routing and header checks need, and <c>_meta</c>.</summary>
internal static class ParamsReader
{
    public static RpcException? Read(ref Utf8JsonReader reader, Envelope envelope)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            JsonText.SkipRest(ref reader);
            return RpcException.InvalidRequest("'params' is an object.");
        }
        RpcException? problem = null;
        var seen = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            JsonText.Check(in reader);
            if (reader.ValueTextEquals("name"u8))
            {
                problem ??= Once(ref seen, 1, "params.name");
                envelope.Name = JsonText.ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("uri"u8))
            {
                problem ??= Once(ref seen, 2, "params.uri");
                envelope.Uri = JsonText.ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                problem ??= Once(ref seen, 4, "params.arguments");
                envelope.Arguments = JsonText.SkipValue(ref reader);
            }
            else if (reader.ValueTextEquals("inputResponses"u8))
            {
                problem ??= Once(ref seen, 8, "params.inputResponses");
                envelope.InputResponses = JsonText.SkipValue(ref reader);
            }
            else if (reader.ValueTextEquals("requestState"u8))
            {
                problem ??= Once(ref seen, 16, "params.requestState");
                envelope.RequestState = JsonText.ReadText(ref reader) ?? "";
            }
            else if (reader.ValueTextEquals("cursor"u8))
            {
                problem ??= Once(ref seen, 64, "params.cursor");
                envelope.Cursor = JsonText.SkipValue(ref reader);
            }
            else if (reader.ValueTextEquals("_meta"u8))
            {
                problem ??= Once(ref seen, 32, "params._meta");
                reader.Read();
                var wrongMeta = ReadMeta(ref reader, envelope);
                problem ??= wrongMeta;
            }
            else
            {
                envelope.Misspelled.Add(in reader);
                JsonText.SkipValue(ref reader);
            }
        }
        envelope.Params = new Slice(start, (int)reader.BytesConsumed - start);
        return problem;
    }

    private static RpcException? ReadMeta(ref Utf8JsonReader reader, Envelope envelope)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            JsonText.SkipRest(ref reader);
            return RpcException.InvalidParams("'params._meta' is an object.", 400);
        }
        var meta = new EnvelopeMeta { IsPresent = true };
        RpcException? problem = null;
        var seen = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            JsonText.Check(in reader);
            if (reader.ValueTextEquals(MetaKeys.ProtocolVersion))
            {
                problem ??= Once(ref seen, 1, MetaKeys.ProtocolVersion);
                meta.ProtocolVersion = JsonText.ReadText(ref reader);
            }
            else if (reader.ValueTextEquals(MetaKeys.ClientCapabilities))
            {
                problem ??= Once(ref seen, 2, MetaKeys.ClientCapabilities);
                meta.ClientCapabilities = JsonText.SkipValue(ref reader);
            }
            else if (reader.ValueTextEquals(MetaKeys.ClientInfo))
            {
                problem ??= Once(ref seen, 4, MetaKeys.ClientInfo);
                meta.ClientInfo = JsonText.SkipValue(ref reader);
            }
            else if (reader.ValueTextEquals(MetaKeys.LogLevel))
            {
                problem ??= Once(ref seen, 8, MetaKeys.LogLevel);
                meta.LogLevel = JsonText.ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("progressToken"u8))
            {
                problem ??= Once(ref seen, 16, "progressToken");
                meta.ProgressToken = JsonText.SkipValue(ref reader);
                var first = envelope.Body.Span[meta.ProgressToken.Start];
                if (first != (byte)'"' && first != (byte)'-' && !char.IsAsciiDigit((char)first))
                    problem ??= RpcException.InvalidParams("'progressToken' is a string or a number.", 400);
            }
            else if (reader.ValueTextEquals(OwnMetaKeys.Receipt))
            {
                problem ??= Once(ref seen, 32, OwnMetaKeys.Receipt);
                meta.WantsReceipt = JsonText.SkipValue(ref reader).Of(envelope.Body).Span.SequenceEqual("true"u8);
            }
            else if (reader.ValueTextEquals("traceparent"u8))
            {
                problem ??= Once(ref seen, 64, "traceparent");
                meta.TraceParent = JsonText.ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("tracestate"u8))
            {
                problem ??= Once(ref seen, 128, "tracestate");
                meta.TraceState = JsonText.ReadText(ref reader);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
        envelope.Meta = meta;
        return problem;
    }

    private static RpcException? Once(ref int seen, int member, string name)
    {
        var twice = (seen & member) != 0;
        seen |= member;
        return twice ? RpcException.InvalidRequest($"Duplicate member '{name}': send it once.") : null;
    }
}
