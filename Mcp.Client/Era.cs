namespace Granary.Mcp.Client;

/// <summary>The two ways to speak the protocol.</summary>
public enum Era
{
    /// <summary>2026-07-28: no session, each request says everything.</summary>
    Modern,

    /// <summary>2025-11-25: a session from <c>initialize</c>.</summary>
    Legacy,
}

/// <summary>The revisions' names.</summary>
public static class EraRevisions
{
    /// <summary>The value of <c>MCP-Protocol-Version</c>.</summary>
    public static string Revision(this Era era) => era == Era.Modern ? "2026-07-28" : "2025-11-25";
}
