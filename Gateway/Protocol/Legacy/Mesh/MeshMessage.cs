using System.Text;

namespace Granary.Gateway.Protocol.Legacy.Mesh;

/// <summary>What one gateway says to others. A kind that a gateway does not know, from a newer one, is ignored.</summary>
internal enum MeshKind
{
    /// <summary>The answer to a message.</summary>
    Reply = 0,

    /// <summary>To oneself: does the channel carry?</summary>
    Probe = 1,

    /// <summary>What is remembered of a session changed.</summary>
    Changed = 2,

    /// <summary>A client cancels a request; text: its raw id.</summary>
    Cancel = 3,

    /// <summary>A client's response; body: the message.</summary>
    Answer = 4,

    /// <summary>A stream took over what is pushed in a session; number: its turn.</summary>
    Push = 5,

    /// <summary>A client came elsewhere for the rest of a call's stream; text: its id.</summary>
    HandOver = 6,

    /// <summary>Is a call's stream still there; text: its id.</summary>
    Owns = 7,

    /// <summary>A message for an HTTP+SSE conversation, which is what the session names; body: the message.</summary>
    Deliver = 8,
}

/// <summary>One message between gateways.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="From">The gateway that says it.</param>
/// <param name="Question">Names the question, or the question that a reply is to; 0 where no reply is wanted.</param>
/// <param name="Session">The session it is about.</param>
internal sealed record MeshMessage(MeshKind Kind, string From, long Question, string Session)
{
    private const byte Format = 1;

    public string Text { get; init; } = "";

    public long Number { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream(64 + Body.Length);
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Format);
            writer.Write((byte)Kind);
            writer.Write(From);
            writer.Write(Question);
            writer.Write(Session);
            writer.Write(Text);
            writer.Write(Number);
            writer.Write(Body.Span);
        }
        return bytes.ToArray();
    }

    /// <summary>Null for what is none, or of a later format.</summary>
    public static MeshMessage? Read(byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes);
            using var reader = new BinaryReader(stream, Encoding.UTF8);
            if (reader.ReadByte() != Format)
                return null;
            var message = new MeshMessage((MeshKind)reader.ReadByte(), reader.ReadString(), reader.ReadInt64(), reader.ReadString())
            {
                Text = reader.ReadString(),
                Number = reader.ReadInt64(),
            };
            return message with { Body = bytes.AsMemory((int)stream.Position) };
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or IOException)
        {
            return null;
        }
    }
}
