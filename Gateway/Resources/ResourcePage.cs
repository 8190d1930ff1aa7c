using System.Globalization;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Resources;

/// <summary>Some resources of a family.</summary>
/// <param name="Resources">The resources; there may be fewer than were asked for, though more follow.</param>
/// <param name="Next">Where the next page begins, in words of the family's own; null at the end.</param>
public sealed record ResourcePage(IReadOnlyList<Resource> Resources, string? Next)
{
    /// <summary>No resources.</summary>
    public static ResourcePage Empty { get; } = new([], null);

    /// <summary>A page of a family whose resources are all at hand.</summary>
    /// <param name="all">All of them, in a stable order.</param>
    /// <param name="after"><see cref="Next"/> of the page before; null for the first.</param>
    /// <param name="limit">At most so many.</param>
    public static ResourcePage Of(IReadOnlyList<Resource> all, string? after, int limit)
    {
        var start = int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var end = Math.Min(start + limit, all.Count);
        return new ResourcePage([.. all.Skip(start).Take(limit)], end < all.Count ? end.ToString(CultureInfo.InvariantCulture) : null);
    }
}
