using Granary.Vault.Backpack;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;

namespace Granary.Vault;

/// <summary>The formats of this house.</summary>
public static class VaultFormats
{
    /// <summary>One chain for all events, signatures in a file of their own.</summary>
    public static VaultFormat Psmc => PsmcFormat.Descriptor;

    /// <summary>A chain for each actor, signatures inside the events; what <c>provara</c> writes.</summary>
    public static VaultFormat Backpack => BackpackFormat.Descriptor;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<VaultFormat> All { get; } = [Psmc, Backpack];
}
