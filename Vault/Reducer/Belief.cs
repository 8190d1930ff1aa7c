using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>All that is known under one key. Evidence is a list of packed records in the arena; the local belief is one of them.</summary>
internal sealed class Belief(byte[] key)
{
    /// <summary>The key's characters in UTF-8, not escaped.</summary>
    public byte[] Key => key;

    public long FirstEvidence { get; set; } = -1;

    public long LastEvidence { get; set; } = -1;

    public int EvidenceCount { get; set; }

    /// <summary>The address of the evidence that the local belief rests on, or -1.</summary>
    public long Local { get; set; } = -1;

    /// <summary>How much evidence there was when the local belief was formed.</summary>
    public int LocalCount { get; set; }

    public AttestedBelief? Attested { get; set; }

    public Dispute? Dispute { get; set; }

    /// <summary>Former attested beliefs, rendered, oldest first.</summary>
    public List<byte[]>? Archived { get; set; }

    public bool IsIn(BeliefNamespace section) => section switch
    {
        BeliefNamespace.Canonical => Attested is not null,
        BeliefNamespace.Contested => Dispute is not null,
        BeliefNamespace.Archived => Archived is not null,
        _ => Local >= 0,
    };
}

/// <summary>A belief that somebody attested, rendered; the value starts behind <c>"value":</c>.</summary>
internal sealed record AttestedBelief(byte[] Rendered, int ValueAt)
{
    private const int ValueMarkLength = 9;

    public ReadOnlySpan<byte> Value => Rendered.AsSpan(ValueAt, Rendered.Length - ValueAt - 1);

    public static AttestedBelief Create(ReadOnlySpan<byte> eventId, string attestedBy, ReadOnlySpan<byte> provenance, ReadOnlySpan<byte> value)
    {
        using var output = new PooledBuffer(256);
        output.Write("{\"attestation_event_id\":"u8);
        output.Write(eventId);
        output.Write(",\"attested_by\":"u8);
        JsonString.Write(attestedBy, output);
        output.Write(",\"provenance\":"u8);
        output.Write(provenance);
        output.Write(",\"value\":"u8);
        var at = output.Length;
        output.Write(value);
        output.Write((byte)'}');
        return new AttestedBelief(output.Written.ToArray(), at);
    }

    /// <summary>The entry it has once something took its place.</summary>
    public byte[] Archive(ReadOnlySpan<byte> supersededBy, bool retracted)
    {
        using var output = new PooledBuffer(Rendered.Length + 128);
        output.Write(Rendered.AsSpan(0, ValueAt - ValueMarkLength));
        if (retracted)
            output.Write(",\"retracted\":true"u8);
        output.Write(",\"superseded_by\":"u8);
        output.Write(supersededBy);
        output.Write(Rendered.AsSpan(ValueAt - ValueMarkLength));
        return output.Written.ToArray();
    }
}

/// <summary>A belief in dispute.</summary>
/// <param name="WithAttested">Whether the dispute is with the attested belief, or with the local one.</param>
/// <param name="AttestedValue">The attested value at that moment, if there was one.</param>
/// <param name="EvidenceCount">How much evidence there was: a dispute shows what was said up to then, so it is a number, not a copy.</param>
internal sealed record Dispute(bool WithAttested, byte[]? AttestedValue, int EvidenceCount);
