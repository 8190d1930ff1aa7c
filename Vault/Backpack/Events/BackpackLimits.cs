namespace Granary.Vault.Backpack.Events;

/// <summary>What an event may be at most, besides <see cref="Canonical.EventLimits"/>.</summary>
public static class BackpackLimits
{
    /// <summary>Characters of an actor's name.</summary>
    public const int MaxActorLength = 128;

    /// <summary>Characters of a belief's subject and of its predicate.</summary>
    public const int MaxTermLength = 1024;
}
