using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>A belief somebody attested.</summary>
internal sealed record CanonicalBelief(byte[] Value, string AttestedBy, byte[] Provenance, byte[] AttestationId)
{
    /// <summary>Writes the entry; an archived one names what took its place.</summary>
    public void Write(PooledBuffer output, byte[]? supersededBy = null, bool retracted = false)
    {
        output.Write("{\"attestation_event_id\":"u8);
        output.Write(AttestationId);
        output.Write(",\"attested_by\":"u8);
        JsonString.Write(AttestedBy, output);
        output.Write(",\"provenance\":"u8);
        output.Write(Provenance);
        if (retracted)
            output.Write(",\"retracted\":true"u8);
        if (supersededBy is not null)
        {
            output.Write(",\"superseded_by\":"u8);
            output.Write(supersededBy);
        }
        output.Write(",\"value\":"u8);
        output.Write(Value);
        output.Write((byte)'}');
    }
}

/// <summary>A belief that rests on observations only.</summary>
internal sealed record LocalBelief(byte[] Value, double Confidence, byte[] Rendered)
{
    public static LocalBelief Create(in ReducerEvent from, byte[] value, double confidence, string? timestamp, int evidenceCount)
    {
        using var output = new PooledBuffer(256);
        output.Write("{\"actor\":"u8);
        JsonString.Write(from.Actor, output);
        output.Write(",\"confidence\":"u8);
        PythonFloat.Write(confidence, output);
        output.Write(",\"evidence_count\":"u8);
        output.Write(System.Text.Encoding.ASCII.GetBytes(evidenceCount.ToString()));
        output.Write(",\"provenance\":"u8);
        output.Write(from.Id);
        output.Write(",\"timestamp\":"u8);
        if (timestamp is null)
            output.Write("null"u8);
        else
            JsonString.Write(timestamp, output);
        output.Write(",\"value\":"u8);
        output.Write(value);
        output.Write((byte)'}');
        return new LocalBelief(value, confidence, output.Written.ToArray());
    }
}
