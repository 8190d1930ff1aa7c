namespace Granary.Vault.Canonical;

/// <summary>What an event of either format may be at most. The formats name no limits; these keep one event from being a burden to all readers.</summary>
public static class EventLimits
{
    /// <summary>Bytes of an event's data or payload, as sent and in canonical form.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Nesting of an event's data or payload: with the levels of a message around it, readers that stop at 64 can still read it.</summary>
    public const int MaxDepth = 56;

    /// <summary>Characters of an event's type.</summary>
    public const int MaxTypeLength = 128;

    /// <summary>Nesting of what is read back: other writers may have gone deeper than this one lets anybody go.</summary>
    internal const int MaxReadDepth = 512;
}
