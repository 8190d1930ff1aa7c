using Granary.Vault.Psmc;

namespace Granary.Vault.Backpack;

/// <summary>What an event may be at most: the same as in the other format, so that whatever one takes the other takes too.</summary>
public static class BackpackLimits
{
    /// <summary>Bytes of an event's payload, as sent and in canonical form.</summary>
    public const int MaxPayloadBytes = PsmcLimits.MaxDataBytes;

    /// <summary>Nesting of an event's payload.</summary>
    public const int MaxPayloadDepth = PsmcLimits.MaxDataDepth;

    /// <summary>Characters of an event's type.</summary>
    public const int MaxTypeLength = PsmcLimits.MaxTypeLength;

    /// <summary>Characters of an actor's name.</summary>
    public const int MaxActorLength = 128;

    /// <summary>Characters of a belief's subject and of its predicate.</summary>
    public const int MaxTermLength = 1024;

    /// <summary>Nesting of what is read back: other writers may have gone deeper than this one lets anybody go.</summary>
    internal const int MaxReadDepth = PsmcLimits.MaxReadDepth;
}
