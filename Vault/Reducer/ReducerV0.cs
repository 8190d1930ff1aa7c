using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>
/// Provara's reducer <c>SovereignReducerV0</c> 0.2.0 (specification 5): turns events, in file order, into beliefs. An event costs the event, not
/// the log. It verifies nothing and fails on nothing: what the reference fails on is counted and listed in <see cref="Poison"/>. Not for use by
/// several threads at once.
/// </summary>
public sealed partial class ReducerV0 : IDisposable
{
    /// <summary>How many poisoned events are listed; all are counted.</summary>
    public const int MaxListedPoison = 100;

    private const double ConflictThreshold = 0.5;

    private readonly BeliefTable _beliefs = new();
    private readonly ByteArena _arena = new();
    private readonly Actors _actors = new();
    private readonly List<PoisonedEvent> _poison = [];
    private readonly PooledBuffer _canonical = new(4096);
    private readonly PooledBuffer _key = new(256);
    private readonly PooledBuffer _record = new(512);
    private readonly PooledBuffer _lastEventId = new(64);
    private SovereignState? _sovereign;
    private byte[]? _epoch;
    private string? _hash;

    /// <summary>How many events were counted.</summary>
    public long EventCount { get; private set; }

    /// <summary>How many of them the reference would have failed on.</summary>
    public long Poisoned { get; private set; }

    /// <summary>The first of them, at most <see cref="MaxListedPoison"/>.</summary>
    public IReadOnlyList<PoisonedEvent> Poison => _poison;

    /// <summary>The id of the last event that was counted and could be read, or null.</summary>
    public string? LastEventId => _lastEventId.Length > 0 ? PythonValue.Text(_lastEventId.Written) : null;

    /// <summary>Takes an event: any JSON text in UTF-8. What is not an object is ignored.</summary>
    public void Apply(ReadOnlySpan<byte> json)
    {
        try
        {
            json = CanonicalJson.Read(json, _canonical, EventLimits.MaxReadDepth);
        }
        catch (CanonicalJsonException failure)
        {
            AddPoison(null, failure.Message);
            EventCount++;
            _hash = null;
            return;
        }
        if (json[0] != '{')
            return;
        _hash = null;
        var reduced = new ReducerEvent(json);
        if (reduced.IsSovereign)
            (_sovereign ??= new SovereignState()).Apply(json);
        else
            Dispatch(reduced);
        _lastEventId.Clear();
        _lastEventId.Write(reduced.Id);
        EventCount++;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _canonical.Dispose();
        _key.Dispose();
        _record.Dispose();
        _lastEventId.Dispose();
    }

    private void Dispatch(in ReducerEvent reduced)
    {
        var type = reduced.Type;
        if (type.SequenceEqual("\"OBSERVATION\""u8))
            Observe(reduced, 0.5);
        else if (type.SequenceEqual("\"ASSERTION\""u8))
            Observe(reduced, 0.35);
        else if (type.SequenceEqual("\"ATTESTATION\""u8))
            Attest(reduced);
        else if (type.SequenceEqual("\"RETRACTION\""u8))
            Retract(reduced);
        else if (type.SequenceEqual("\"REDUCER_EPOCH\""u8) && IsSound(reduced))
            SetEpoch(reduced);
    }

    private bool IsSound(in ReducerEvent reduced)
    {
        if (!reduced.HasPayload)
            return AddPoison(reduced.Id, "The payload is not an object.");
        return !reduced.Actor.IsEmpty || AddPoison(reduced.Id, "The actor is a list or an object.");
    }

    private bool IsAboutBelief(in ReducerEvent reduced) => IsSound(reduced) && reduced.TryWriteKey(_key);

    private void Observe(in ReducerEvent reduced, double defaultConfidence)
    {
        if (!IsAboutBelief(reduced))
            return;
        var confidence = reduced.Confidence.IsEmpty ? defaultConfidence : PythonValue.Number(reduced.Confidence) ?? defaultConfidence;
        if (double.IsNaN(confidence))
            confidence = defaultConfidence;
        if (double.IsInfinity(confidence))
        {
            AddPoison(reduced.Id, "The confidence is infinite.");
            return;
        }
        var belief = _beliefs.GetOrAdd(_key.Written);
        var value = reduced.Value;
        var evidence = AddEvidence(belief, reduced, confidence, value);
        var attested = belief.Attested;
        if (attested is not null && confidence >= ConflictThreshold && !PythonValue.Same(attested.Value, value))
        {
            Contest(belief, new Dispute(true, attested.Value.ToArray(), belief.EvidenceCount));
            return;
        }
        if (belief.Local >= 0)
        {
            var local = new EvidenceRecord(_arena.From(belief.Local));
            var agrees = PythonValue.Same(local.Value, value);
            if (!agrees && Math.Max(local.Confidence, confidence) >= ConflictThreshold)
            {
                Contest(belief, new Dispute(false, attested?.Value.ToArray(), belief.EvidenceCount));
                return;
            }
            if (agrees && confidence <= local.Confidence)
                return;
        }
        belief.Local = evidence;
        belief.LocalCount = belief.EvidenceCount;
    }

    private long AddEvidence(Belief belief, in ReducerEvent reduced, double confidence, ReadOnlySpan<byte> value)
    {
        EvidenceRecord.Write(_record, reduced, _actors.NumberOf(reduced.Actor), confidence, reduced.Timestamp, value);
        var address = _arena.Append(_record.Written);
        if (belief.LastEvidence >= 0)
            EvidenceRecord.Link(_arena.From(belief.LastEvidence), address);
        else
            belief.FirstEvidence = address;
        belief.LastEvidence = address;
        belief.EvidenceCount++;
        return address;
    }

    private static void Contest(Belief belief, Dispute dispute)
    {
        belief.Dispute = dispute;
        belief.Local = -1;
    }

    private void Attest(in ReducerEvent reduced)
    {
        if (!IsAboutBelief(reduced))
            return;
        var by = reduced.Payload("actor_key_id"u8);
        var attestedBy = PythonValue.Text(PythonValue.IsFalsy(by) ? reduced.Actor : by);
        if (attestedBy is null)
        {
            AddPoison(reduced.Id, "payload.actor_key_id is a list or an object.");
            return;
        }
        var belief = _beliefs.GetOrAdd(_key.Written);
        Archive(belief, reduced.Id, retracted: false);
        var target = reduced.Payload("target_event_id"u8);
        belief.Attested = AttestedBelief.Create(reduced.Id, attestedBy, PythonValue.IsFalsy(target) ? reduced.Id : target, reduced.Value);
        belief.Local = -1;
        belief.Dispute = null;
    }

    private void Retract(in ReducerEvent reduced)
    {
        if (!IsAboutBelief(reduced) || !_beliefs.TryGet(_key.Written, out var belief))
            return;
        Archive(belief, reduced.Id, retracted: true);
        belief.Attested = null;
        belief.Local = -1;
        belief.Dispute = null;
    }

    private static void Archive(Belief belief, ReadOnlySpan<byte> supersededBy, bool retracted)
    {
        if (belief.Attested is { } former)
            (belief.Archived ??= []).Add(former.Archive(supersededBy, retracted));
    }

    private void SetEpoch(in ReducerEvent reduced)
    {
        var from = reduced.Payload("effective_from_event_id"u8);
        using var output = new PooledBuffer(256);
        output.Write("{\"effective_from_event_id\":"u8);
        output.Write(PythonValue.IsFalsy(from) ? reduced.Id : from);
        output.Write(",\"epoch_id\":"u8);
        output.Write(reduced.PayloadOrNull("epoch_id"u8));
        output.Write(",\"ontology_versions\":"u8);
        output.Write(reduced.PayloadOrNull("ontology_versions"u8));
        output.Write(",\"reducer_hash\":"u8);
        output.Write(reduced.PayloadOrNull("reducer_hash"u8));
        output.Write((byte)'}');
        _epoch = output.Written.ToArray();
    }

    private bool AddPoison(ReadOnlySpan<byte> id, string reason)
    {
        Poisoned++;
        if (_poison.Count < MaxListedPoison)
            _poison.Add(new PoisonedEvent(EventCount, id.IsEmpty ? null : PythonValue.Text(id), reason));
        return false;
    }
}
