using System.Text.Json;
using ModelContextProtocol;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>Frames results, errors and notifications as JSON-RPC messages.</summary>
internal static class RpcWriter
{
    /// <summary>Opens a response; what is written next is its result.</summary>
    public static void BeginResult(ReplyBuffer reply, ReadOnlySpan<byte> id)
    {
        reply.Clear();
        reply.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        reply.Write(id);
        reply.Write(",\"result\":"u8);
    }

    public static void EndResult(ReplyBuffer reply) => reply.Write("}"u8);

    /// <summary>A response around a result that is already bytes.</summary>
    public static void Result(ReplyBuffer reply, ReadOnlySpan<byte> id, ReadOnlySpan<byte> result)
    {
        BeginResult(reply, id);
        reply.Write(result);
        EndResult(reply);
    }

    /// <summary>An error; without an id it is about a message whose id could not be read.</summary>
    public static void Error(ReplyBuffer reply, ReadOnlyMemory<byte> id, RpcException error)
    {
        reply.Clear();
        var json = reply.Json();
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("id"u8);
        if (id.IsEmpty)
            json.WriteNullValue();
        else
            json.WriteRawValue(id.Span, skipInputValidation: true);
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, error.Code);
        json.WriteString("message"u8, error.Message);
        if (error.Data is not null)
        {
            json.WritePropertyName("data"u8);
            error.Data(json);
        }
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>A notification with parameters of one of the SDK's types.</summary>
    public static byte[] Notification<T>(string method, T parameters) => Message(method, null, parameters);

    /// <summary>A request to the client, with an id of ours.</summary>
    public static byte[] Request<T>(string method, string id, T parameters) => Message(method, id, parameters);

    private static byte[] Message<T>(string method, string? id, T parameters)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, ReplyBuffer.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            if (id is not null)
                json.WriteString("id"u8, id);
            json.WriteString("method"u8, method);
            json.WritePropertyName("params"u8);
            Wire.Write(json, parameters);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}

/// <summary>The SDK's own serialisation of its own types: the contract for what goes over the wire.</summary>
internal static class Wire
{
    public static JsonSerializerOptions Options => McpJsonUtilities.DefaultOptions;

    public static void Write<T>(Utf8JsonWriter json, T value) =>
        JsonSerializer.Serialize(json, value, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T)));

    public static T? Read<T>(JsonElement element) =>
        element.Deserialize((System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T)));

    public static byte[] Bytes<T>(T value)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, ReplyBuffer.WriterOptions))
            Write(json, value);
        return buffer.ToArray();
    }
}
