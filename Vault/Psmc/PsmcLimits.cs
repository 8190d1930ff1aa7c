namespace Granary.Vault.Psmc;

/// <summary>What an event may be at most. The format itself names no limits; these keep one event from being a burden to all readers.</summary>
public static class PsmcLimits
{
    /// <summary>Bytes of an event's data, as sent and in canonical form.</summary>
    public const int MaxDataBytes = 1024 * 1024;

    /// <summary>Nesting of an event's data: with the levels of a message around it, readers that stop at 64 can still read it.</summary>
    public const int MaxDataDepth = 56;

    /// <summary>Labels of an event.</summary>
    public const int MaxTags = 64;

    /// <summary>Characters of a label.</summary>
    public const int MaxTagLength = 256;

    /// <summary>Characters of an event's type.</summary>
    public const int MaxTypeLength = 128;

    /// <summary>Nesting of what is read back: other writers may have gone deeper than this one lets anybody go.</summary>
    internal const int MaxReadDepth = 512;
}
