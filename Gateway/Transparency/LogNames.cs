using Granary.Gateway.Configuration;
using Granary.Tenants;

namespace Granary.Gateway.Transparency;

/// <summary>What a vault's log is called, and under which path it is served: <c>/log/{tenant}/{vault}</c>, the vault's name as one escaped part.</summary>
internal static class LogNames
{
    /// <summary>The first part of every path.</summary>
    public const string Root = "/log";

    /// <summary>
    /// The origin, which names the log for ever: witnesses know it by nothing else. As the specification advises, it is the address without the scheme.
    /// </summary>
    public static string Origin(GatewayOptions options, TenantId tenant, VaultName vault) =>
        LogName.Of(options.LogOrigin ?? Default(options), tenant, vault);

    /// <summary>Reads the part of a path that names a vault. The server has undone every escape but that of a slash.</summary>
    public static bool TryReadVault(string? part, out VaultName vault) =>
        VaultName.TryParse(part?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), out vault, out _);

    private static string Default(GatewayOptions options) =>
        options.PublicUrl is { } url ? $"{url.Authority}{url.AbsolutePath.TrimEnd('/')}{Root}" : $"granary{Root}";
}
