namespace Granary.Gateway.Access;

/// <summary>
/// The scopes a caller can be granted. A right includes those below it: <c>admin</c> includes <c>write</c>, and <c>write</c> includes <c>read</c> and
/// <c>append</c>. A scope may be narrowed to vaults (<c>vault:team/*:append</c>) or to tools and their operations (<c>tool:manage_slo:read</c>,
/// <c>tool:manage_events/get_*:read</c>); see <see cref="ScopeRule"/>.
/// </summary>
public static class Scopes
{
    /// <summary>Everything.</summary>
    public const string All = "*";

    /// <summary>Read and verify vaults.</summary>
    public const string VaultRead = "vault:read";

    /// <summary>Append events to vaults; it does not include reading them.</summary>
    public const string VaultAppend = "vault:append";

    /// <summary>Create vaults, append to them, import into them; includes reading.</summary>
    public const string VaultWrite = "vault:write";

    /// <summary>What cannot be undone in a vault: shred, redact, seal, rotate; includes writing.</summary>
    public const string VaultAdmin = "vault:admin";

    /// <summary>Read from an Instana backend.</summary>
    public const string InstanaRead = "instana:read";

    /// <summary>Change an Instana backend's configuration.</summary>
    public const string InstanaWrite = "instana:write";

    /// <summary>Every scope there is, without those that are narrowed.</summary>
    public static IReadOnlyList<string> Known { get; } = [All, VaultRead, VaultAppend, VaultWrite, VaultAdmin, InstanaRead, InstanaWrite];

    /// <summary>Whether a text is a scope, narrowed or not.</summary>
    public static bool IsKnown(string? scope) => ScopeRule.TryParse(scope, isPolicy: false, out _, out _);
}
