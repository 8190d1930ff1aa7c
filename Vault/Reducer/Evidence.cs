using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>
/// All that was ever said about one belief, grouped by value. A dispute shows the evidence up to the moment it arose, so it is a
/// number of items, not a copy: disputes about a busy belief stay cheap.
/// </summary>
internal sealed class Evidence
{
    private readonly SortedDictionary<byte[], List<Item>> _byValue = new(Utf8Order.Instance);

    public int Count { get; private set; }

    public void Add(in ReducerEvent from, byte[] value, double confidence, string? timestamp)
    {
        using var output = new PooledBuffer(256);
        output.Write("{\"actor\":"u8);
        JsonString.Write(from.Actor, output);
        output.Write(",\"confidence\":"u8);
        PythonFloat.Write(confidence, output);
        output.Write(",\"event_id\":"u8);
        output.Write(from.Id);
        output.Write(",\"namespace\":"u8);
        JsonString.Write(from.Namespace, output);
        output.Write(",\"timestamp_utc\":"u8);
        if (timestamp is null)
            output.Write("null"u8);
        else
            JsonString.Write(timestamp, output);
        output.Write(",\"value\":"u8);
        output.Write(value);
        output.Write((byte)'}');
        if (!_byValue.TryGetValue(value, out var items))
            _byValue[value] = items = [];
        items.Add(new Item(Count++, output.Written.ToArray()));
    }

    /// <summary>Writes a dispute with the evidence it had.</summary>
    public void WriteDispute(Dispute dispute, PooledBuffer output)
    {
        output.Write("{\"canonical_value\":"u8);
        output.Write(dispute.CanonicalValue ?? "null"u8);
        output.Write(",\"evidence_by_value\":{"u8);
        var first = true;
        foreach (var (value, items) in _byValue)
        {
            if (items[0].Number >= dispute.EvidenceCount)
                continue;
            if (!first)
                output.Write((byte)',');
            first = false;
            JsonString.Write(value, output);
            output.Write(":["u8);
            for (var i = 0; i < items.Count && items[i].Number < dispute.EvidenceCount; i++)
            {
                if (i > 0)
                    output.Write((byte)',');
                output.Write(items[i].Rendered);
            }
            output.Write((byte)']');
        }
        output.Write(Encoding.ASCII.GetBytes(
            $"}},\"reason\":\"{dispute.Reason}\",\"status\":\"AWAITING_RESOLUTION\",\"total_evidence_count\":{dispute.EvidenceCount}}}"));
    }

    private readonly record struct Item(int Number, byte[] Rendered);
}

/// <summary>A belief in dispute.</summary>
/// <param name="Reason">Why: <c>conflicts_with_canonical</c> or <c>conflicts_with_local</c>.</param>
/// <param name="CanonicalValue">The attested value at that moment, if there was one.</param>
/// <param name="EvidenceCount">How much evidence there was.</param>
internal sealed record Dispute(string Reason, byte[]? CanonicalValue, int EvidenceCount);
