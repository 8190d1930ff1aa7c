using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>An event as the reducer reads it, in one pass: everything as canonical bytes, with Python's notions of missing and empty.</summary>
internal readonly ref struct ReducerEvent
{
    private readonly ReadOnlySpan<byte> _actor;
    private readonly ReadOnlySpan<byte> _namespace;
    private readonly ReadOnlySpan<byte> _payload;
    private readonly ReadOnlySpan<byte> _subject;
    private readonly ReadOnlySpan<byte> _predicate;
    private readonly ReadOnlySpan<byte> _value;
    private readonly ReadOnlySpan<byte> _time;
    private readonly ReadOnlySpan<byte> _timeUtc;

    public ReducerEvent(ReadOnlySpan<byte> canonical)
    {
        ReadOnlySpan<byte> eventId = default, id = default, payload = "{}"u8;
        var members = new CanonicalObject(canonical);
        while (members.MoveNext())
        {
            var key = members.Key;
            var value = members.Value;
            if (key.SequenceEqual("type"u8))
                Type = value;
            else if (key.SequenceEqual("payload"u8) && !PythonValue.IsFalsy(value))
                payload = value;
            else if (key.SequenceEqual("actor"u8))
                _actor = value;
            else if (key.SequenceEqual("event_id"u8))
                eventId = value;
            else if (key.SequenceEqual("id"u8))
                id = value;
            else if (key.SequenceEqual("namespace"u8))
                _namespace = value;
            else if (key.SequenceEqual("schema_version"u8))
                IsSovereign = true;
        }
        Id = !PythonValue.IsFalsy(eventId) ? eventId : !PythonValue.IsFalsy(id) ? id : "\"unknown_event\""u8;
        _payload = payload;
        if (payload[0] != '{')
            return;
        members = new CanonicalObject(payload);
        while (members.MoveNext())
        {
            var key = members.Key;
            var value = members.Value;
            if (key.SequenceEqual("subject"u8))
                _subject = value;
            else if (key.SequenceEqual("predicate"u8))
                _predicate = value;
            else if (key.SequenceEqual("value"u8))
                _value = value;
            else if (key.SequenceEqual("confidence"u8))
                Confidence = value;
            else if (key.SequenceEqual("timestamp"u8))
                _time = value;
            else if (key.SequenceEqual("timestamp_utc"u8))
                _timeUtc = value;
        }
    }

    public ReadOnlySpan<byte> Type { get; }

    public bool IsSovereign { get; }

    public ReadOnlySpan<byte> Id { get; }

    /// <summary>The payload's confidence, or empty.</summary>
    public ReadOnlySpan<byte> Confidence { get; }

    /// <summary>The payload's value, <c>null</c> where there is none.</summary>
    public ReadOnlySpan<byte> Value => _value.IsEmpty ? "null"u8 : _value;

    public BeliefNamespace Namespace
    {
        get
        {
            if (_namespace.IsEmpty || _namespace.SequenceEqual("\"local\""u8) || !PythonValue.IsString(_namespace))
                return BeliefNamespace.Local;
            return BeliefNames.TryParse(JsonString.Read(_namespace).Trim().ToLowerInvariant(), out var section) ? section : BeliefNamespace.Local;
        }
    }

    /// <summary>False for a payload the reference fails on.</summary>
    public bool HasPayload => PythonValue.IsObject(_payload);

    /// <summary>The actor as a canonical string, or empty where it is a list or an object.</summary>
    public ReadOnlySpan<byte> Actor => PythonValue.IsFalsy(_actor) ? "\"unknown\""u8 : AsString(_actor);

    /// <summary>The payload's own time as a canonical string, or empty; the event's is not looked at.</summary>
    public ReadOnlySpan<byte> Timestamp => !PythonValue.IsFalsy(_time) ? AsString(_time) : !PythonValue.IsFalsy(_timeUtc) ? AsString(_timeUtc) : default;

    /// <summary>A member of the payload, or empty.</summary>
    public ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> key) => CanonicalObject.TryGet(_payload, key, out var value) ? value : default;

    /// <summary>A member of the payload, or <c>null</c>.</summary>
    public ReadOnlySpan<byte> PayloadOrNull(ReadOnlySpan<byte> key) => Payload(key) is { IsEmpty: false } value ? value : "null"u8;

    /// <summary>Writes the key of the belief it speaks of; false where it names none.</summary>
    public bool TryWriteKey(PooledBuffer output)
    {
        output.Clear();
        if (PythonValue.IsFalsy(_subject) || PythonValue.IsFalsy(_predicate))
            return false;
        if (!TryWriteText(_subject, output))
            return false;
        output.Write((byte)':');
        return TryWriteText(_predicate, output);
    }

    private static bool TryWriteText(ReadOnlySpan<byte> value, PooledBuffer output)
    {
        if (PythonValue.IsString(value) && !value.Contains((byte)'\\'))
        {
            output.Write(value[1..^1]);
            return true;
        }
        if (PythonValue.Text(value) is not { } text)
            return false;
        output.Write(Encoding.UTF8.GetBytes(text));
        return true;
    }

    private static ReadOnlySpan<byte> AsString(ReadOnlySpan<byte> value)
    {
        if (PythonValue.IsString(value))
            return value;
        if (PythonValue.Text(value) is not { } text)
            return default;
        using var output = new PooledBuffer(64);
        JsonString.Write(text, output);
        return output.Written.ToArray();
    }
}
