namespace Granary.Bench.Mcp;

/// <summary>The two ways to speak the protocol.</summary>
internal enum Era
{
    /// <summary>2026-07-28: no session, the request says everything.</summary>
    Modern,

    /// <summary>2025-11-25: a session from <c>initialize</c>.</summary>
    Legacy,
}

/// <summary>The revisions' names.</summary>
internal static class EraNames
{
    public static string Revision(this Era era) => era == Era.Modern ? "2026-07-28" : "2025-11-25";
}
