using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>What the reducer sees of a log's line: the line itself, or something written into <paramref name="scratch"/>.</summary>
/// <param name="line">An event's line.</param>
/// <param name="scratch">Working memory; what it holds is lost.</param>
public delegate ReadOnlySpan<byte> EventView(ReadOnlySpan<byte> line, PooledBuffer scratch);

/// <summary>How the formats' events look to the reducer.</summary>
public static class EventViews
{
    /// <summary>Events of a Backpack vault are what the reducer reads.</summary>
    public static EventView Backpack { get; } = static (line, _) => line;

    /// <summary>Events of a PSMC vault become assertions and observations of the actor <c>psmc_user</c> (specification 12).</summary>
    public static EventView Psmc { get; } = Vault.Psmc.Bridge.PsmcBelief.View;
}
