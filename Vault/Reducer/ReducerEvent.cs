using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>An event as the reducer reads it: everything as canonical bytes, with Python's notions of missing and empty.</summary>
internal readonly ref struct ReducerEvent
{
    private readonly ReadOnlySpan<byte> _payload;

    public ReducerEvent(ReadOnlySpan<byte> canonical)
    {
        Type = Member(canonical, "type"u8);
        IsSovereign = CanonicalObject.TryGet(canonical, "schema_version"u8, out _);
        var id = Member(canonical, "event_id"u8);
        if (PythonValue.IsFalsy(id))
            id = Member(canonical, "id"u8);
        Id = PythonValue.IsFalsy(id) ? "\"unknown_event\""u8 : id;
        var actor = Member(canonical, "actor"u8);
        Actor = PythonValue.IsFalsy(actor) ? "unknown" : PythonValue.Text(actor);
        Namespace = ReadNamespace(Member(canonical, "namespace"u8));
        var payload = Member(canonical, "payload"u8);
        _payload = PythonValue.IsFalsy(payload) ? "{}"u8 : payload;
    }

    public ReadOnlySpan<byte> Type { get; }

    public bool IsSovereign { get; }

    public ReadOnlySpan<byte> Id { get; }

    /// <summary>The actor, or null where it is a list or an object.</summary>
    public string? Actor { get; }

    public string Namespace { get; }

    /// <summary>False for a payload the reference fails on.</summary>
    public bool HasPayload => PythonValue.IsObject(_payload);

    /// <summary>A member of the payload, or empty.</summary>
    public ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> key) => Member(_payload, key);

    /// <summary>A member of the payload, or <c>null</c>.</summary>
    public ReadOnlySpan<byte> PayloadOrNull(ReadOnlySpan<byte> key) => Payload(key) is { IsEmpty: false } value ? value : "null"u8;

    /// <summary>Finds the belief it speaks of; false where it names none.</summary>
    public bool TryGetBelief(out byte[] key)
    {
        key = [];
        var subject = Payload("subject"u8);
        var predicate = Payload("predicate"u8);
        if (PythonValue.IsFalsy(subject) || PythonValue.IsFalsy(predicate))
            return false;
        if (PythonValue.Text(subject) is not { } about || PythonValue.Text(predicate) is not { } what)
            return false;
        key = Encoding.UTF8.GetBytes($"{about}:{what}");
        return true;
    }

    /// <summary>The payload's own time as text, or null; the event's is not looked at.</summary>
    public string? Timestamp()
    {
        var time = Payload("timestamp"u8);
        if (PythonValue.IsFalsy(time))
            time = Payload("timestamp_utc"u8);
        return PythonValue.IsFalsy(time) ? null : PythonValue.Text(time);
    }

    private static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> canonical, ReadOnlySpan<byte> key)
    {
        if (canonical[0] != '{')
            return default;
        return CanonicalObject.TryGet(canonical, key, out var value) ? value : default;
    }

    private static string ReadNamespace(ReadOnlySpan<byte> value)
    {
        var text = PythonValue.IsString(value) ? JsonString.Read(value).Trim().ToLowerInvariant() : "";
        return text is "canonical" or "local" or "contested" or "archived" ? text : "local";
    }
}
