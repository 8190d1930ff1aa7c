namespace Granary.Vault.Psmc.Events;

/// <summary>What an event may be at most, besides <see cref="Canonical.EventLimits"/>.</summary>
public static class PsmcLimits
{
    /// <summary>Labels of an event.</summary>
    public const int MaxTags = 64;

    /// <summary>Characters of a label.</summary>
    public const int MaxTagLength = 256;
}
