using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

public sealed partial class ReducerV0
{
    /// <summary>The hash of the state: 64 hex digits. It costs as much as the beliefs are long, not the log.</summary>
    public string StateHash()
    {
        using var text = new PooledBuffer(4096);
        WriteBeliefs(text);
        text.Write(",\"metadata_partial\":"u8);
        WriteMetadata(text, null);
        text.Write((byte)'}');
        return Convert.ToHexStringLower(SHA256.HashData(text.Written));
    }

    /// <summary>Appends the whole state as canonical JSON, its hash included.</summary>
    public void WriteState(PooledBuffer output)
    {
        var hash = StateHash();
        WriteBeliefs(output);
        output.Write(",\"metadata\":"u8);
        WriteMetadata(output, hash);
        output.Write((byte)'}');
    }

    private void WriteBeliefs(PooledBuffer output)
    {
        output.Write("{\"archived\":"u8);
        WriteSection(output, _archived, static (_, _, entries, output) =>
        {
            for (var i = 0; i < entries.Count; i++)
            {
                output.Write(i == 0 ? (byte)'[' : (byte)',');
                output.Write(entries[i]);
            }
            output.Write((byte)']');
        });
        output.Write(",\"canonical\":"u8);
        WriteSection(output, _canonical, static (_, _, belief, output) => belief.Write(output));
        output.Write(",\"contested\":"u8);
        WriteSection(output, _contested, static (reducer, key, dispute, output) => reducer._evidence[key].WriteDispute(dispute, output));
        output.Write(",\"local\":"u8);
        WriteSection(output, _local, static (_, _, belief, output) => output.Write(belief.Rendered));
    }

    private void WriteSection<T>(PooledBuffer output, SortedDictionary<byte[], T> section, Action<ReducerV0, byte[], T, PooledBuffer> write)
    {
        output.Write((byte)'{');
        var first = true;
        foreach (var (key, entry) in section)
        {
            if (!first)
                output.Write((byte)',');
            first = false;
            JsonString.Write(key, output);
            output.Write((byte)':');
            write(this, key, entry, output);
        }
        output.Write((byte)'}');
    }

    private void WriteMetadata(PooledBuffer output, string? stateHash)
    {
        output.Write("{\"current_epoch\":"u8);
        output.Write(_epoch);
        output.Write(Encoding.ASCII.GetBytes($",\"event_count\":{EventCount},\"last_event_id\":"));
        output.Write(_lastEventId);
        output.Write(",\"reducer\":{\"conflict_confidence_threshold\":0.5,\"name\":\"SovereignReducerV0\",\"version\":\"0.2.0\"}"u8);
        if (stateHash is not null)
            output.Write(Encoding.ASCII.GetBytes($",\"state_hash\":\"{stateHash}\""));
        output.Write((byte)'}');
    }
}
