using System.Buffers.Binary;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>
/// One thing that was said about a belief, packed: the address of the next one, the confidence, and what the reference keeps of the event. Ids
/// that are hashes take their bytes only.
/// </summary>
internal readonly ref struct EvidenceRecord
{
    private const int ConfidenceAt = 8;
    private const int NamespaceAt = 16;
    private const int HeaderLength = 17;

    private readonly ReadOnlySpan<byte> _record;
    private readonly int _idAt;

    public EvidenceRecord(ReadOnlySpan<byte> record)
    {
        _record = record;
        var at = HeaderLength;
        Actor = Packed.ReadNumber(record, ref at);
        _idAt = at;
        Packed.SkipId(record, ref at);
        Timestamp = Packed.ReadBytes(record, ref at);
        Value = Packed.ReadBytes(record, ref at);
    }

    /// <summary>The address of the next evidence of the same belief, or -1.</summary>
    public long Next => BinaryPrimitives.ReadInt64LittleEndian(_record);

    public double Confidence => BinaryPrimitives.ReadDoubleLittleEndian(_record[ConfidenceAt..]);

    /// <summary>The actor's number.</summary>
    public int Actor { get; }

    /// <summary>The payload's time as a canonical string, or empty.</summary>
    public ReadOnlySpan<byte> Timestamp { get; }

    /// <summary>The value in canonical form.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Writes a new record, the last of its belief.</summary>
    public static void Write(PooledBuffer output, in ReducerEvent from, int actor, double confidence, ReadOnlySpan<byte> timestamp, ReadOnlySpan<byte> value)
    {
        output.Clear();
        var header = output.GetSpan(HeaderLength);
        BinaryPrimitives.WriteInt64LittleEndian(header, -1);
        BinaryPrimitives.WriteDoubleLittleEndian(header[ConfidenceAt..], confidence);
        header[NamespaceAt] = (byte)from.Namespace;
        output.Advance(HeaderLength);
        Packed.WriteNumber(output, actor);
        Packed.WriteId(output, from.Id);
        Packed.WriteBytes(output, timestamp);
        Packed.WriteBytes(output, value);
    }

    /// <summary>Links a stored record to the one that follows it.</summary>
    public static void Link(Span<byte> record, long next) => BinaryPrimitives.WriteInt64LittleEndian(record, next);

    /// <summary>The entry it has in a dispute.</summary>
    public void WriteEvidence(PooledBuffer output, ReadOnlySpan<byte> actor)
    {
        WriteHead(output, actor);
        output.Write(",\"event_id\":"u8);
        WriteId(output);
        output.Write(",\"namespace\":\""u8);
        output.Write(BeliefNames.Of((BeliefNamespace)_record[NamespaceAt]));
        output.Write("\",\"timestamp_utc\":"u8);
        WriteTail(output);
    }

    /// <summary>The entry of the local belief that rests on it.</summary>
    public void WriteLocal(PooledBuffer output, ReadOnlySpan<byte> actor, int evidenceCount)
    {
        WriteHead(output, actor);
        output.Write(",\"evidence_count\":"u8);
        output.WriteNumber(evidenceCount);
        output.Write(",\"provenance\":"u8);
        WriteId(output);
        output.Write(",\"timestamp\":"u8);
        WriteTail(output);
    }

    private void WriteHead(PooledBuffer output, ReadOnlySpan<byte> actor)
    {
        output.Write("{\"actor\":"u8);
        output.Write(actor);
        output.Write(",\"confidence\":"u8);
        PythonFloat.Write(Confidence, output);
    }

    private void WriteId(PooledBuffer output)
    {
        var at = _idAt;
        Packed.UnpackId(_record, ref at, output);
    }

    private void WriteTail(PooledBuffer output)
    {
        output.Write(Timestamp.IsEmpty ? "null"u8 : Timestamp);
        output.Write(",\"value\":"u8);
        output.Write(Value);
        output.Write((byte)'}');
    }
}
