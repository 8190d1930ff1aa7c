namespace Granary.Gateway.Access;

/// <summary>The scopes a caller can be granted. <c>*</c> includes all; <c>vault:write</c> includes <c>vault:read</c>, and so on.</summary>
public static class Scopes
{
    /// <summary>Everything.</summary>
    public const string All = "*";

    /// <summary>Read and verify vaults.</summary>
    public const string VaultRead = "vault:read";

    /// <summary>Create vaults and append to them.</summary>
    public const string VaultWrite = "vault:write";

    /// <summary>Read from an Instana backend.</summary>
    public const string InstanaRead = "instana:read";

    /// <summary>Change an Instana backend's configuration.</summary>
    public const string InstanaWrite = "instana:write";

    /// <summary>Every scope there is.</summary>
    public static IReadOnlyList<string> Known { get; } = [All, VaultRead, VaultWrite, InstanaRead, InstanaWrite];

    /// <summary>Whether there is such a scope.</summary>
    public static bool IsKnown(string scope) => Known.Contains(scope);

    /// <summary>Whether <paramref name="granted"/> includes <paramref name="wanted"/>, directly or through a broader scope.</summary>
    public static bool Covers(IReadOnlySet<string> granted, string wanted) =>
        granted.Contains(All)
        || granted.Contains(wanted)
        || (wanted.EndsWith(":read", StringComparison.Ordinal) && granted.Contains(string.Concat(wanted.AsSpan(0, wanted.Length - 5), ":write")));
}
