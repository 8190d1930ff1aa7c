using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>What sovereign events (specification 5.5) leave in the state: exported, in no hash.</summary>
internal sealed class SovereignState
{
    private readonly SortedDictionary<string, byte[]> _pending = new(StringComparer.Ordinal);

    public List<byte[]> Executed { get; } = [];

    public List<byte[]> Pipeline { get; } = [];

    public List<byte[]> Others { get; } = [];

    public IReadOnlyDictionary<string, byte[]> Pending => _pending;

    public byte[] Constitution { get; private set; } = "{}"u8.ToArray();

    public bool IsHalted { get; private set; }

    public void Apply(ReadOnlySpan<byte> canonical)
    {
        var type = CanonicalObject.TryGet(canonical, "event_type"u8, out var written) && PythonValue.IsString(written) ? JsonString.Read(written) : "";
        var payload = CanonicalObject.TryGet(canonical, "payload"u8, out var found) && PythonValue.IsObject(found) ? found : "{}"u8;
        switch (type)
        {
            case "action.proposed":
                _pending[IdOf(payload)] = payload.ToArray();
                break;
            case "action.executed":
                _pending.Remove(IdOf(payload));
                Executed.Add(payload.ToArray());
                break;
            case "action.rejected" or "action.expired":
                _pending.Remove(IdOf(payload));
                break;
            case "system.circuit_breaker.triggered" or "system.circuit_breaker.reset":
                IsHalted = type.EndsWith("triggered", StringComparison.Ordinal);
                break;
            case "governance.constitution.created":
                Constitution = payload.ToArray();
                break;
            case "governance.constitution.amended":
                Constitution = Merge(Constitution, payload);
                break;
            case "signal.detected" or "simulation.complete" or "audit.passed" or "audit.failed":
                Pipeline.Add(canonical.ToArray());
                break;
            default:
                Others.Add(canonical.ToArray());
                break;
        }
    }

    public void Restore(byte[] constitution, bool isHalted, IEnumerable<KeyValuePair<string, byte[]>> pending)
    {
        Constitution = constitution;
        IsHalted = isHalted;
        foreach (var (id, payload) in pending)
            _pending[id] = payload;
    }

    public void WriteConstitution(PooledBuffer output)
    {
        output.Write(",\"constitution\":"u8);
        output.Write(Constitution);
    }

    public void WriteExecuted(PooledBuffer output)
    {
        WriteList(output, "executed_actions"u8, Executed);
        output.Write(IsHalted ? ",\"halted\":true"u8 : ",\"halted\":false"u8);
    }

    public void WriteEvents(PooledBuffer output)
    {
        output.Write(",\"pending_actions\":{"u8);
        var first = true;
        // UTF-16 order is not the order of code points.
        foreach (var (id, payload) in _pending.OrderBy(
            entry => Encoding.UTF8.GetBytes(entry.Key), Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y))))
        {
            if (!first)
                output.Write((byte)',');
            first = false;
            JsonString.Write(id, output);
            output.Write((byte)':');
            output.Write(payload);
        }
        output.Write((byte)'}');
        WriteList(output, "pipeline_log"u8, Pipeline);
        WriteList(output, "sovereign_events"u8, Others);
    }

    private static void WriteList(PooledBuffer output, ReadOnlySpan<byte> name, List<byte[]> items)
    {
        output.Write(",\""u8);
        output.Write(name);
        output.Write("\":["u8);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                output.Write((byte)',');
            output.Write(items[i]);
        }
        output.Write((byte)']');
    }

    private static string IdOf(ReadOnlySpan<byte> payload) =>
        CanonicalObject.TryGet(payload, "id"u8, out var id) ? PythonValue.Text(id) ?? "" : "";

    /// <summary>Members of both; of equal keys the later one.</summary>
    private static byte[] Merge(byte[] older, ReadOnlySpan<byte> newer)
    {
        if (older.Length == 2 || newer.Length == 2)
            return older.Length == 2 ? newer.ToArray() : older;
        using var both = new PooledBuffer(older.Length + newer.Length);
        both.Write(older.AsSpan(0, older.Length - 1));
        both.Write((byte)',');
        both.Write(newer[1..]);
        return CanonicalJson.Canonicalize(both.Written, EventLimits.MaxReadDepth);
    }
}
