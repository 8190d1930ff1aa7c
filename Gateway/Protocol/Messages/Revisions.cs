namespace Granary.Gateway.Protocol.Messages;

/// <summary>The protocol's dated revisions, and what differs between them.</summary>
internal static class Revisions
{
    public const string V20241105 = "2024-11-05";
    public const string V20250326 = "2025-03-26";
    public const string V20250618 = "2025-06-18";
    public const string V20251125 = "2025-11-25";
    public const string V20260728 = "2026-07-28";

    /// <summary>The newest revision that has sessions and a handshake.</summary>
    public const string NewestLegacy = V20251125;

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<string> Supported { get; } = [V20260728, V20251125, V20250618, V20250326, V20241105];

    /// <summary>The revisions that start with <c>initialize</c>, newest first.</summary>
    public static IReadOnlyList<string> Legacy { get; } = [V20251125, V20250618, V20250326, V20241105];

    /// <summary>The shared instance of a legacy revision's name, or null.</summary>
    public static string? FindLegacy(string? revision)
    {
        foreach (var known in Legacy)
        {
            if (known == revision)
                return known;
        }
        return null;
    }

    /// <summary>Stateless: everything a request needs is in the request.</summary>
    public static bool IsModern(string revision) => revision == V20260728;

    /// <summary>JSON-RPC batches existed in one revision of the HTTP transport only.</summary>
    public static bool HasBatches(string revision) => revision == V20250326;

    /// <summary>Event ids, priming events and polling came with the newest legacy revision.</summary>
    public static bool HasPolling(string revision) => revision == V20251125;
}
