using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;

namespace Granary.Vault.Backpack.Events;

/// <summary>An event that has been checked and brought into canonical form; what is left depends on its place in the log.</summary>
public sealed class PreparedBackpackEvent
{
    private PreparedBackpackEvent(string type, string actor, string @namespace, byte[] payload)
    {
        Type = type;
        Actor = actor;
        Namespace = @namespace;
        Payload = payload;
    }

    /// <summary>The event's type.</summary>
    public string Type { get; }

    /// <summary>Whose chain it joins.</summary>
    public string Actor { get; }

    /// <summary>One of the four namespaces.</summary>
    public string Namespace { get; }

    /// <summary>Its payload in canonical form.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Bytes that wait while it waits.</summary>
    public int Size => Payload.Length;

    /// <summary>Checks an event that somebody wants to append.</summary>
    /// <param name="type">A core type other than those the vault's operations write, or a custom one such as <c>com.example.order_placed</c>.</param>
    /// <param name="payload">A JSON object in UTF-8. What would stop the reference's replay for ever is refused (specification 5.4).</param>
    /// <param name="actor">Whose chain it joins: any name.</param>
    /// <param name="namespace">One of the four namespaces, or null for the type's own.</param>
    /// <exception cref="BackpackInputException">The event cannot be appended.</exception>
    public static PreparedBackpackEvent Create(string type, ReadOnlySpan<byte> payload, string actor, string? @namespace = null)
    {
        CheckType(type);
        CheckActor(actor);
        var space = CheckNamespace(type, @namespace);
        var canonical = Canonicalize(payload);
        PayloadRules.Check(type, canonical);
        return new PreparedBackpackEvent(type, actor, space, canonical);
    }

    /// <summary>An event that an operation of the vault writes; its payload is the operation's own.</summary>
    internal static PreparedBackpackEvent ForOperation(string type, ReadOnlySpan<byte> payload, string actor)
    {
        CheckActor(actor);
        return new PreparedBackpackEvent(type, actor, EventTypes.DefaultNamespace(type), Canonicalize(payload));
    }

    /// <summary>The same event with its payload encrypted.</summary>
    internal PreparedBackpackEvent WithPayload(byte[] canonical) => new(Type, Actor, Namespace, canonical);

    /// <summary>A digest of all that the caller said: 64 hex digits.</summary>
    public string ContentDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Type}\n{Namespace}\n{Actor.Length}\n{Actor}\n"));
        hash.AppendData(Payload.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void CheckType(string type)
    {
        if (string.IsNullOrEmpty(type))
            throw new BackpackInputException("event_type is required, for example \"OBSERVATION\".");
        if (type.Length > EventLimits.MaxTypeLength)
            throw new BackpackInputException($"event_type is too long: at most {EventLimits.MaxTypeLength} characters.");
        if (EventTypes.IsOperation(type))
            throw new BackpackInputException(
                $"event_type {type} is written by an operation of the vault (its birth, key rotation, redaction, shredding, sealing), not appended.");
        if (!EventTypes.IsCore(type) && !EventTypes.IsCustom(type))
        {
            throw new BackpackInputException(
                "event_type must be OBSERVATION, ASSERTION, ATTESTATION, RETRACTION, REDUCER_EPOCH or a type of your own in at least three lower-case labels, for example \"com.example.order_placed\".");
        }
    }

    private static void CheckActor(string actor)
    {
        if (string.IsNullOrWhiteSpace(actor))
            throw new BackpackInputException("actor is required: the name of the event's author, for example \"agent_a\".");
        if (actor.Length > BackpackLimits.MaxActorLength)
            throw new BackpackInputException($"actor is too long: at most {BackpackLimits.MaxActorLength} characters.");
        if (!JsonString.IsWellFormed(actor))
            throw new BackpackInputException("actor holds half of a surrogate pair.");
        if (HasControl(actor) || char.IsWhiteSpace(actor[0]) || char.IsWhiteSpace(actor[^1]))
            throw new BackpackInputException("actor must have no control characters and no white space at its ends: it is the key of a chain.");
    }

    private static bool HasControl(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
                return true;
        }
        return false;
    }

    private static string CheckNamespace(string type, string? @namespace)
    {
        if (@namespace is null)
            return EventTypes.DefaultNamespace(type);
        if (!EventTypes.Namespaces.Contains(@namespace))
            throw new BackpackInputException("namespace must be canonical, local, contested or archived.");
        if (EventTypes.RequiredNamespace(type) is { } required && @namespace != required)
            throw new BackpackInputException($"namespace of {type} events must be {required}; leave it out.");
        return @namespace;
    }

    private static byte[] Canonicalize(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > EventLimits.MaxBytes)
            throw TooLarge(payload.Length);
        byte[] canonical;
        try
        {
            canonical = CanonicalJson.CanonicalizeUnique(payload, EventLimits.MaxDepth);
        }
        catch (CanonicalJsonException failure)
        {
            throw new BackpackInputException($"payload cannot be stored: {failure.Message}", failure);
        }
        if (canonical[0] != '{')
            throw new BackpackInputException("payload must be an object.");
        return canonical.Length > EventLimits.MaxBytes ? throw TooLarge(canonical.Length) : canonical;
    }

    private static BackpackInputException TooLarge(int length) =>
        new($"payload is too large: at most {EventLimits.MaxBytes} bytes; this is {length}. Store a reference to it instead.");
}
