using System.Security.Cryptography;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

public sealed partial class ReducerV0
{
    private const int FlushAt = 64 * 1024;

    private long _hashed;

    /// <summary>
    /// The hash of the state (specification 5.1): 64 hex digits. It is computed when it is asked for and kept until the next event; it costs as much
    /// as the beliefs are long, and no memory for them.
    /// </summary>
    public string StateHash()
    {
        if (_hash is not null)
            return _hash;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var text = new PooledBuffer(4096);
        _hashed = 0;
        WriteHashed(text, hash);
        hash.AppendData(text.Written);
        _hashed += text.Length;
        return _hash = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>How many bytes the state is long, sovereign sections aside; as cheap as <see cref="StateHash"/>, and as dear.</summary>
    public long MeasureState()
    {
        StateHash();
        return _hashed;
    }

    /// <summary>Appends the whole state as canonical JSON, its hash included; with the sections of sovereign events (5.5) where there were any.</summary>
    public void WriteState(PooledBuffer output)
    {
        var hash = StateHash();
        output.Write((byte)'{');
        WriteSection(output, BeliefNamespace.Archived, null);
        output.Write((byte)',');
        WriteSection(output, BeliefNamespace.Canonical, null);
        _sovereign?.WriteConstitution(output);
        output.Write((byte)',');
        WriteSection(output, BeliefNamespace.Contested, null);
        _sovereign?.WriteExecuted(output);
        output.Write((byte)',');
        WriteSection(output, BeliefNamespace.Local, null);
        output.Write(",\"metadata\":"u8);
        WriteMetadata(output, hash);
        _sovereign?.WriteEvents(output);
        output.Write((byte)'}');
    }

    /// <summary>Appends what the hash is over: the four sections and <c>metadata_partial</c>. It is the <c>state</c> of a checkpoint.</summary>
    public void WriteHashedState(PooledBuffer output) => WriteHashed(output, null);

    private void WriteHashed(PooledBuffer output, IncrementalHash? sink)
    {
        output.Write((byte)'{');
        WriteSection(output, BeliefNamespace.Archived, sink);
        output.Write((byte)',');
        WriteSection(output, BeliefNamespace.Canonical, sink);
        output.Write((byte)',');
        WriteSection(output, BeliefNamespace.Contested, sink);
        output.Write((byte)',');
        WriteSection(output, BeliefNamespace.Local, sink);
        output.Write(",\"metadata_partial\":"u8);
        WriteMetadata(output, null);
        output.Write((byte)'}');
    }

    private void WriteSection(PooledBuffer output, BeliefNamespace section, IncrementalHash? sink)
    {
        output.Write((byte)'"');
        output.Write(BeliefNames.Of(section));
        output.Write("\":"u8);
        WriteEntries(output, section, sink);
    }

    private void WriteEntries(PooledBuffer output, BeliefNamespace section, IncrementalHash? sink)
    {
        output.Write((byte)'{');
        var first = true;
        foreach (var belief in _beliefs.InOrder())
        {
            if (!belief.IsIn(section))
                continue;
            if (!first)
                output.Write((byte)',');
            first = false;
            WriteMember(output, section, belief);
            if (sink is null || output.Length < FlushAt)
                continue;
            sink.AppendData(output.Written);
            _hashed += output.Length;
            output.Clear();
        }
        output.Write((byte)'}');
    }

    private void WriteMember(PooledBuffer output, BeliefNamespace section, Belief belief)
    {
        JsonString.Write(belief.Key, output);
        output.Write((byte)':');
        WriteEntry(output, section, belief);
    }

    private void WriteEntry(PooledBuffer output, BeliefNamespace section, Belief belief)
    {
        switch (section)
        {
            case BeliefNamespace.Canonical:
                output.Write(belief.Attested!.Rendered);
                break;
            case BeliefNamespace.Contested:
                WriteDispute(output, belief);
                break;
            case BeliefNamespace.Archived:
                for (var i = 0; i < belief.Archived!.Count; i++)
                {
                    output.Write(i == 0 ? (byte)'[' : (byte)',');
                    output.Write(belief.Archived[i]);
                }
                output.Write((byte)']');
                break;
            default:
                var local = new EvidenceRecord(_arena.From(belief.Local));
                local.WriteLocal(output, _actors[local.Actor], belief.LocalCount);
                break;
        }
    }

    private void WriteDispute(PooledBuffer output, Belief belief)
    {
        var dispute = belief.Dispute!;
        output.Write("{\"canonical_value\":"u8);
        output.Write(dispute.AttestedValue ?? "null"u8);
        output.Write(",\"evidence_by_value\":"u8);
        WriteEvidence(output, belief, dispute.EvidenceCount);
        output.Write(",\"reason\":\""u8);
        output.Write(dispute.WithAttested ? "conflicts_with_canonical"u8 : "conflicts_with_local"u8);
        output.Write("\",\"status\":\"AWAITING_RESOLUTION\",\"total_evidence_count\":"u8);
        output.WriteNumber(dispute.EvidenceCount);
        output.Write((byte)'}');
    }

    private void WriteEvidence(PooledBuffer output, Belief belief, int count)
    {
        var addresses = new long[count];
        var at = belief.FirstEvidence;
        for (var i = 0; i < count; i++)
        {
            addresses[i] = at;
            at = new EvidenceRecord(_arena.From(at)).Next;
        }
        // Addresses grow, so equal values stay in the order in which they were said.
        Array.Sort(addresses, (x, y) => ValueAt(x).SequenceCompareTo(ValueAt(y)) is var order and not 0 ? order : x.CompareTo(y));
        output.Write((byte)'{');
        for (var i = 0; i < count; i++)
        {
            var record = new EvidenceRecord(_arena.From(addresses[i]));
            var startsGroup = i == 0 || !ValueAt(addresses[i - 1]).SequenceEqual(record.Value);
            if (i > 0)
                output.Write(startsGroup ? "],"u8 : ","u8);
            if (startsGroup)
            {
                JsonString.Write(record.Value, output);
                output.Write(":["u8);
            }
            record.WriteEvidence(output, _actors[record.Actor]);
        }
        output.Write(count > 0 ? "]}"u8 : "}"u8);
    }

    private ReadOnlySpan<byte> ValueAt(long address) => new EvidenceRecord(_arena.From(address)).Value;

    private void WriteMetadata(PooledBuffer output, string? stateHash)
    {
        output.Write("{\"current_epoch\":"u8);
        output.Write(_epoch ?? "null"u8);
        output.Write(",\"event_count\":"u8);
        output.WriteNumber(EventCount);
        output.Write(",\"last_event_id\":"u8);
        output.Write(_lastEventId.Length > 0 ? _lastEventId.Written : "null"u8);
        output.Write(",\"reducer\":{\"conflict_confidence_threshold\":0.5,\"name\":\"SovereignReducerV0\",\"version\":\"0.2.0\"}"u8);
        if (stateHash is not null)
        {
            output.Write(",\"state_hash\":\""u8);
            output.WriteAscii(stateHash);
            output.Write((byte)'"');
        }
        output.Write((byte)'}');
    }
}
