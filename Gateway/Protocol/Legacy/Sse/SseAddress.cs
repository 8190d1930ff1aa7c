using System.Buffers.Text;
using System.Security.Cryptography;
using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;

namespace Granary.Gateway.Protocol.Legacy.Sse;

/// <summary>
/// The session id of an HTTP+SSE stream. A gateway alone gives a plain random one. Among others it is sealed and carries the gateway that
/// holds the stream and the principal it was opened for, so that any gateway knows whom to give a message to, and whose to refuse.
/// </summary>
/// <param name="Gateway">The gateway that holds the stream; empty for the only one.</param>
/// <param name="Key">Names the stream there.</param>
internal sealed record SseAddress(string Gateway, string Key)
{
    private const byte Format = 1;
    private const int KeyBytes = 16;

    private static ReadOnlySpan<byte> Purpose => "sse"u8;

    public static SseAddress Create(string gateway) => new(
        gateway, gateway.Length == 0 ? Guid.NewGuid().ToString() : Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes)));

    /// <summary>The id as it goes over the wire.</summary>
    public string ToId(Principal caller, TokenSeal ring)
    {
        if (Gateway.Length == 0)
            return Key;
        using var plain = new MemoryStream();
        using (var writer = new BinaryWriter(plain))
        {
            writer.Write(Format);
            writer.Write(Gateway);
            writer.Write(Key);
            writer.Write(Session.Digest(caller));
        }
        return Base64Url.EncodeToString(ring.Seal(plain.ToArray(), Purpose));
    }

    /// <summary>Reads an id; null when it is not one of ours, or was given to someone else.</summary>
    public static SseAddress? Open(string id, Principal caller, TokenSeal ring)
    {
        if (Guid.TryParseExact(id, "D", out _))
            return new SseAddress("", id);
        if (id.Length is < 60 or > 512 || SealedText.Decode(id) is not { } bytes)
            return null;
        if (ring.Open(bytes, Purpose) is not { } plain || plain[0] != Format)
            return null;
        using var reader = new BinaryReader(new MemoryStream(plain));
        reader.ReadByte();
        var address = new SseAddress(reader.ReadString(), reader.ReadString());
        return reader.ReadString() == Session.Digest(caller) ? address : null;
    }
}
