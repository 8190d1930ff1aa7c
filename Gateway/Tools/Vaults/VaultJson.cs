using System.Buffers;
using System.Text.Json;
using Granary.Gateway.Protocol.Messages;
using Granary.Tenants;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>Calls an operation for the sake of something in its result.</summary>
internal static class VaultJson
{
    /// <summary>Runs it; the caller disposes the result.</summary>
    public static async Task<JsonDocument> RunAsync(IVault vault, string operation, Action<Utf8JsonWriter> arguments, CancellationToken cancellation) =>
        JsonDocument.Parse((await vault.RunAsync(new VaultCall(operation, Write(arguments)), null, cancellation)).Json);

    /// <summary>A JSON object.</summary>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, ReplyBuffer.WriterOptions))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
