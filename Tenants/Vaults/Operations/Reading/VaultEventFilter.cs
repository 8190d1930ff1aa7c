using System.Globalization;
using Granary.Tenants.Vaults.Search;
using Granary.Tenants.Vaults.Views;
using Granary.Vault.Canonical;

namespace Granary.Tenants.Vaults.Operations.Reading;

/// <summary>
/// Which events are meant; all conditions must hold. <c>event_type</c>, <c>actor</c> and <c>namespace</c> are equal, <c>after</c> and <c>before</c>
/// are times, inclusive, and <c>subject</c>, <c>predicate</c> and <c>value</c> are contained in what the payload says.
/// </summary>
internal sealed class VaultEventFilter
{
    private readonly byte[]? _type;
    private readonly byte[]? _actor;
    private readonly byte[]? _namespace;
    private readonly DateTimeOffset? _after;
    private readonly DateTimeOffset? _before;
    private readonly byte[]? _subject;
    private readonly byte[]? _predicate;
    private readonly byte[]? _value;

    public VaultEventFilter(OperationArguments arguments)
    {
        _type = Member(arguments, "event_type");
        _actor = Member(arguments, "actor");
        _namespace = Member(arguments, "namespace");
        _after = Time(arguments, "after");
        _before = Time(arguments, "before");
        _subject = Part(arguments, "subject");
        _predicate = Part(arguments, "predicate");
        _value = Part(arguments, "value");
    }

    /// <summary>The conditions that a search in words has too.</summary>
    public static SearchFilter ForSearch(OperationArguments arguments) => new(
        arguments.Text("event_type"), arguments.Text("actor"), arguments.Text("namespace"), Time(arguments, "after"), Time(arguments, "before"));

    /// <summary>Whether every event is meant.</summary>
    public bool TakesAll =>
        this is { _type: null, _actor: null, _namespace: null, _after: null, _before: null, _subject: null, _predicate: null, _value: null };

    public bool Takes(in EventFields fields) =>
        (_type is null || fields.Type.SequenceEqual(_type))
        && (_actor is null || fields.Actor.SequenceEqual(_actor))
        && (_namespace is null || fields.Namespace.SequenceEqual(_namespace))
        && TakesTime(fields.Time)
        && Contains(fields.Payload, "subject"u8, _subject)
        && Contains(fields.Payload, "predicate"u8, _predicate)
        && Contains(fields.Payload, "value"u8, _value);

    private bool TakesTime(ReadOnlySpan<byte> time)
    {
        if (_after is null && _before is null)
            return true;
        return EventTimestamp.TryParse(EventFields.Text(time), out var at) && (_after is null || at >= _after) && (_before is null || at <= _before);
    }

    private static bool Contains(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> member, byte[]? part)
    {
        if (part is null)
            return true;
        return payload.Length > 0 && payload[0] == '{' && CanonicalObject.TryGet(payload, member, out var value) && value.IndexOf(part) >= 0;
    }

    private static byte[]? Member(OperationArguments arguments, string name) => arguments.Text(name) is { } text ? EventFields.Canonical(text) : null;

    /// <summary>Its form within a canonical string.</summary>
    private static byte[]? Part(OperationArguments arguments, string name) => Member(arguments, name)?[1..^1];

    private static DateTimeOffset? Time(OperationArguments arguments, string name)
    {
        if (arguments.Text(name) is not { } text)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw OperationArguments.Wrong($"{name} must be a time, for example 2026-01-05T09:00:00Z.");
    }
}
