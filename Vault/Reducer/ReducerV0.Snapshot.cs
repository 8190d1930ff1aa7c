using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

public sealed partial class ReducerV0
{
    private const int SnapshotVersion = 2;
    private const int PartBytes = 8 * 1024 * 1024;

    /// <summary>
    /// Everything there is, evidence included, in a binary form of this version: what is restored from it goes on exactly as this would. The first part
    /// is all but the evidence, which the others hold, some megabytes each; they are read as fast as memory is copied.
    /// </summary>
    public IReadOnlyList<byte[]> Snapshot()
    {
        using var output = new PooledBuffer(64 * 1024);
        WriteBeliefs(output);
        var parts = new List<byte[]> { output.Written.ToArray() };
        output.Clear();
        foreach (var chunk in _arena.Chunks)
        {
            Packed.WriteBytes(output, chunk.Span);
            if (output.Length < PartBytes)
                continue;
            parts.Add(output.Written.ToArray());
            output.Clear();
        }
        if (output.Length > 0)
            parts.Add(output.Written.ToArray());
        return parts;
    }

    /// <summary>The reducer of a snapshot's parts.</summary>
    /// <exception cref="FormatException">They are not a snapshot of this version, or were changed.</exception>
    public static ReducerV0 Restore(IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        var reducer = new ReducerV0();
        try
        {
            foreach (var chunks in parts.Skip(1).AsParallel().AsOrdered().Select(ReadChunks))
                chunks.ForEach(reducer._arena.Adopt);
            reducer.Fill(new SnapshotReader(parts[0].Span));
            return reducer;
        }
        catch (Exception failure)
        {
            reducer.Dispose();
            throw failure as FormatException ?? new FormatException("The reducer's snapshot is damaged.", failure);
        }
    }

    private static List<byte[]> ReadChunks(ReadOnlyMemory<byte> part)
    {
        var reader = new SnapshotReader(part.Span);
        var chunks = new List<byte[]>();
        while (!reader.IsAtEnd)
            chunks.Add(reader.Bytes().ToArray());
        return chunks;
    }

    private void WriteBeliefs(PooledBuffer output)
    {
        Packed.WriteNumber(output, SnapshotVersion);
        Packed.WriteNumber(output, EventCount);
        Packed.WriteBytes(output, _lastEventId.Written);
        Packed.WriteBytes(output, _epoch ?? []);
        Packed.WriteNumber(output, Poisoned);
        Packed.WriteNumber(output, _poison.Count);
        foreach (var poisoned in _poison)
        {
            Packed.WriteNumber(output, poisoned.Number);
            Packed.WriteBytes(output, Encoding.UTF8.GetBytes(poisoned.EventId ?? ""));
            Packed.WriteBytes(output, Encoding.UTF8.GetBytes(poisoned.Reason));
        }
        Packed.WriteNumber(output, _actors.Count);
        for (var i = 0; i < _actors.Count; i++)
            Packed.WriteBytes(output, _actors[i]);
        Packed.WriteNumber(output, _beliefs.Count);
        foreach (var belief in _beliefs.InOrder())
            WriteBelief(output, belief);
        WriteSovereign(output);
    }

    private static void WriteBelief(PooledBuffer output, Belief belief)
    {
        Packed.WriteBytes(output, belief.Key);
        Packed.WriteNumber(output, belief.FirstEvidence + 1);
        Packed.WriteNumber(output, belief.LastEvidence + 1);
        Packed.WriteNumber(output, belief.EvidenceCount);
        Packed.WriteNumber(output, belief.Local + 1);
        Packed.WriteNumber(output, belief.LocalCount);
        Packed.WriteBytes(output, belief.Attested?.Rendered ?? []);
        Packed.WriteNumber(output, belief.Attested?.ValueAt ?? 0);
        Packed.WriteNumber(output, belief.Dispute?.EvidenceCount ?? 0);
        output.Write(belief.Dispute?.WithAttested == true ? (byte)1 : (byte)0);
        Packed.WriteBytes(output, belief.Dispute?.AttestedValue ?? []);
        Packed.WriteNumber(output, belief.Archived?.Count ?? 0);
        foreach (var former in belief.Archived ?? [])
            Packed.WriteBytes(output, former);
    }

    private void WriteSovereign(PooledBuffer output)
    {
        output.Write(_sovereign is null ? (byte)0 : (byte)1);
        if (_sovereign is null)
            return;
        Packed.WriteBytes(output, _sovereign.Constitution);
        output.Write(_sovereign.IsHalted ? (byte)1 : (byte)0);
        Packed.WriteNumber(output, _sovereign.Pending.Count);
        foreach (var (id, payload) in _sovereign.Pending)
        {
            Packed.WriteBytes(output, Encoding.UTF8.GetBytes(id));
            Packed.WriteBytes(output, payload);
        }
        foreach (var list in (List<byte[]>[])[_sovereign.Executed, _sovereign.Pipeline, _sovereign.Others])
        {
            Packed.WriteNumber(output, list.Count);
            foreach (var item in list)
                Packed.WriteBytes(output, item);
        }
    }

    private void Fill(SnapshotReader reader)
    {
        if (reader.Number() != SnapshotVersion)
            throw new FormatException($"The reducer's snapshot is of another version than {SnapshotVersion}.");
        EventCount = reader.Number();
        _lastEventId.Write(reader.Bytes());
        _epoch = reader.Bytes() is { IsEmpty: false } epoch ? epoch.ToArray() : null;
        Poisoned = reader.Number();
        for (var left = reader.Number(); left > 0; left--)
        {
            var number = reader.Number();
            var id = reader.Text();
            _poison.Add(new PoisonedEvent(number, id.Length > 0 ? id : null, reader.Text()));
        }
        for (var left = reader.Number(); left > 0; left--)
            _actors.NumberOf(reader.Bytes());
        for (var left = reader.Number(); left > 0; left--)
            _beliefs.Add(ReadBelief(ref reader));
        if (reader.Flag())
            _sovereign = ReadSovereign(ref reader);
        if (!reader.IsAtEnd)
            throw new FormatException("Something follows the reducer's snapshot.");
    }

    private Belief ReadBelief(ref SnapshotReader reader)
    {
        var belief = new Belief(reader.Bytes().ToArray())
        {
            FirstEvidence = reader.Number() - 1,
            LastEvidence = reader.Number() - 1,
            EvidenceCount = (int)reader.Number(),
            Local = reader.Number() - 1,
            LocalCount = (int)reader.Number(),
        };
        var attested = reader.Bytes();
        var valueAt = (int)reader.Number();
        if (!attested.IsEmpty)
            belief.Attested = new AttestedBelief(attested.ToArray(), valueAt);
        var disputed = (int)reader.Number();
        var withAttested = reader.Flag();
        var attestedValue = reader.Bytes();
        if (disputed > 0)
            belief.Dispute = new Dispute(withAttested, attestedValue.IsEmpty ? null : attestedValue.ToArray(), disputed);
        for (var left = reader.Number(); left > 0; left--)
            (belief.Archived ??= []).Add(reader.Bytes().ToArray());
        foreach (var address in (ReadOnlySpan<long>)[belief.FirstEvidence, belief.LastEvidence, belief.Local])
        {
            if (address != -1 && !_arena.Holds(address))
                throw new FormatException("The reducer's snapshot names evidence that it does not hold.");
        }
        return belief;
    }

    private static SovereignState ReadSovereign(ref SnapshotReader reader)
    {
        var state = new SovereignState();
        var constitution = reader.Bytes().ToArray();
        var isHalted = reader.Flag();
        var pending = new List<KeyValuePair<string, byte[]>>();
        for (var left = reader.Number(); left > 0; left--)
        {
            var id = reader.Text();
            pending.Add(new(id, reader.Bytes().ToArray()));
        }
        state.Restore(constitution, isHalted, pending);
        foreach (var list in (List<byte[]>[])[state.Executed, state.Pipeline, state.Others])
        {
            for (var left = reader.Number(); left > 0; left--)
                list.Add(reader.Bytes().ToArray());
        }
        return state;
    }
}
