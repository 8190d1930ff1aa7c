using System.Text;

namespace Granary.Tenants;

/// <summary>Which of a tenant's vaults to list, by name.</summary>
public sealed record VaultListing
{
    /// <summary>The greatest <see cref="Limit"/>.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only names that begin so; empty for all.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Only names beyond this one, which need not exist: <see cref="VaultPage.Next"/> of the page before.</summary>
    public VaultName? After { get; init; }

    /// <summary>At most so many, from 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = MaxLimit;

    /// <summary>The order of a list: by the bytes of the names' UTF-8.</summary>
    internal static IComparer<VaultName> Order { get; } =
        Comparer<VaultName>.Create((x, y) => Encoding.UTF8.GetBytes(x.Value).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y.Value)));

    /// <summary>The page of a tenant whose vaults are all at hand, in any order.</summary>
    internal VaultPage Take(IEnumerable<VaultName> all)
    {
        var names = all
            .Where(name => name.Value.StartsWith(Prefix, StringComparison.Ordinal) && (After is not { } after || Order.Compare(name, after) > 0))
            .Order(Order).Take(Limit + 1).ToList();
        return names.Count <= Limit ? new VaultPage(names, null) : new VaultPage(names[..Limit], names[Limit - 1]);
    }
}

/// <summary>Some of a tenant's vaults.</summary>
/// <param name="Vaults">Their names, in order; there may be fewer than were asked for, though more follow.</param>
/// <param name="Next">What the next page begins after (<see cref="VaultListing.After"/>); null at the end.</param>
public sealed record VaultPage(IReadOnlyList<VaultName> Vaults, VaultName? Next)
{
    /// <summary>No vaults.</summary>
    public static VaultPage Empty { get; } = new([], null);
}
