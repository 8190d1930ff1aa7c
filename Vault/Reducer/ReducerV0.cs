using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>
/// Provara's reducer <c>SovereignReducerV0</c> 0.2.0: turns events, in file order, into beliefs. It verifies nothing. What the
/// reference fails on is counted, otherwise ignored, and reported in <see cref="Poisoned"/>.
/// </summary>
public sealed partial class ReducerV0
{
    private const double ConflictThreshold = 0.5;

    private readonly SortedDictionary<byte[], CanonicalBelief> _canonical = new(Utf8Order.Instance);
    private readonly SortedDictionary<byte[], LocalBelief> _local = new(Utf8Order.Instance);
    private readonly SortedDictionary<byte[], Dispute> _contested = new(Utf8Order.Instance);
    private readonly SortedDictionary<byte[], List<byte[]>> _archived = new(Utf8Order.Instance);
    private readonly SortedDictionary<byte[], Evidence> _evidence = new(Utf8Order.Instance);
    private byte[] _lastEventId = "null"u8.ToArray();
    private byte[] _epoch = "null"u8.ToArray();

    /// <summary>How many events were counted.</summary>
    public long EventCount { get; private set; }

    /// <summary>How many of them the reference would have failed on.</summary>
    public long Poisoned { get; private set; }

    /// <summary>Takes an event: any JSON text in UTF-8. What is not an object is ignored.</summary>
    public void Apply(ReadOnlySpan<byte> json)
    {
        using var scratch = new PooledBuffer(json.Length + 16);
        try
        {
            CanonicalJson.Write(json, scratch, Psmc.PsmcLimits.MaxReadDepth);
        }
        catch (CanonicalJsonException)
        {
            Poisoned++;
            EventCount++;
            return;
        }
        if (scratch.Written[0] != '{')
            return;
        var reduced = new ReducerEvent(scratch.Written);
        if (!reduced.IsSovereign)
            Dispatch(reduced);
        _lastEventId = reduced.Id.ToArray();
        EventCount++;
    }

    private void Dispatch(in ReducerEvent reduced)
    {
        var type = reduced.Type;
        var isObservation = type.SequenceEqual("\"OBSERVATION\""u8);
        var isKnown = isObservation || type.SequenceEqual("\"ASSERTION\""u8) || type.SequenceEqual("\"ATTESTATION\""u8)
            || type.SequenceEqual("\"RETRACTION\""u8) || type.SequenceEqual("\"REDUCER_EPOCH\""u8);
        if (!isKnown)
            return;
        if (!reduced.HasPayload || reduced.Actor is null)
            Poisoned++;
        else if (type.SequenceEqual("\"REDUCER_EPOCH\""u8))
            SetEpoch(reduced);
        else if (!reduced.TryGetBelief(out var key))
            return;
        else if (type.SequenceEqual("\"ATTESTATION\""u8))
            Attest(key, reduced);
        else if (type.SequenceEqual("\"RETRACTION\""u8))
            Retract(key, reduced);
        else
            Observe(key, reduced, isObservation ? 0.5 : 0.35);
    }

    private void Observe(byte[] key, in ReducerEvent reduced, double defaultConfidence)
    {
        var given = reduced.Payload("confidence"u8);
        var confidence = given.IsEmpty ? defaultConfidence : PythonValue.Number(given) ?? defaultConfidence;
        if (double.IsNaN(confidence))
            confidence = defaultConfidence;
        if (double.IsInfinity(confidence))
        {
            Poisoned++;
            return;
        }
        var value = reduced.PayloadOrNull("value"u8).ToArray();
        var timestamp = reduced.Timestamp();
        if (!_evidence.TryGetValue(key, out var evidence))
            _evidence[key] = evidence = new Evidence();
        evidence.Add(reduced, value, confidence, timestamp);
        var attested = _canonical.GetValueOrDefault(key);
        if (attested is not null && confidence >= ConflictThreshold && !PythonValue.Same(attested.Value, value))
        {
            Contest(key, new Dispute("conflicts_with_canonical", attested.Value, evidence.Count));
            return;
        }
        if (_local.TryGetValue(key, out var local))
        {
            var agrees = PythonValue.Same(local.Value, value);
            if (!agrees && Math.Max(local.Confidence, confidence) >= ConflictThreshold)
            {
                Contest(key, new Dispute("conflicts_with_local", attested?.Value, evidence.Count));
                return;
            }
            if (agrees && confidence <= local.Confidence)
                return;
        }
        _local[key] = LocalBelief.Create(reduced, value, confidence, timestamp, evidence.Count);
    }

    private void Contest(byte[] key, Dispute dispute)
    {
        _contested[key] = dispute;
        _local.Remove(key);
    }

    private void Attest(byte[] key, in ReducerEvent reduced)
    {
        var by = reduced.Payload("actor_key_id"u8);
        var attestedBy = PythonValue.IsFalsy(by) ? reduced.Actor : PythonValue.Text(by);
        if (attestedBy is null)
        {
            Poisoned++;
            return;
        }
        if (_canonical.TryGetValue(key, out var former))
            Archive(key, former, reduced.Id.ToArray(), retracted: false);
        var target = reduced.Payload("target_event_id"u8);
        var provenance = PythonValue.IsFalsy(target) ? reduced.Id : target;
        _canonical[key] = new CanonicalBelief(reduced.PayloadOrNull("value"u8).ToArray(), attestedBy, provenance.ToArray(), reduced.Id.ToArray());
        _local.Remove(key);
        _contested.Remove(key);
    }

    private void Retract(byte[] key, in ReducerEvent reduced)
    {
        if (_canonical.Remove(key, out var former))
            Archive(key, former, reduced.Id.ToArray(), retracted: true);
        _local.Remove(key);
        _contested.Remove(key);
    }

    private void Archive(byte[] key, CanonicalBelief former, byte[] supersededBy, bool retracted)
    {
        using var output = new PooledBuffer(256);
        former.Write(output, supersededBy, retracted);
        if (!_archived.TryGetValue(key, out var entries))
            _archived[key] = entries = [];
        entries.Add(output.Written.ToArray());
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
}
