using Granary.Vault.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Redis;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Hosting.Redis;

/// <summary>The place of every vault in Redis.</summary>
public sealed partial class RedisVaults
{
    private readonly RedisSettings _settings;
    private readonly KeyEncryption _keys;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Uses a connection that stays its owner's.</summary>
    /// <exception cref="ArgumentException">The settings have no key-encryption key.</exception>
    public RedisVaults(RedisLink link, RedisSettings settings, TimeProvider time, ILoggerFactory loggers)
    {
        Link = link;
        _settings = settings;
        _keys = settings.Keys ?? throw new ArgumentException("Vaults in Redis need a key-encryption key.", nameof(settings));
        _time = time;
        _logger = loggers.CreateLogger<RedisVaults>();
    }

    /// <summary>The connection.</summary>
    public RedisLink Link { get; }

    /// <summary>The place of a vault, whether it exists yet or not.</summary>
    public IVaultStore Create(TenantId tenant, VaultName vault) => new RedisVaultStore(new RedisVaultOptions
    {
        Link = Link,
        Name = $"{tenant.Value}/{vault.ToFileName()}",
        Keys = _keys,
        WaitReplicas = _settings.Replicas,
        Found = finding => LogFinding(tenant.Value, vault.Value, finding.Rule, finding.Reason),
        Time = _time,
    });

    [LoggerMessage(1, LogLevel.Error, "Vault {Vault} of tenant {Tenant} ({Rule}): {Reason}")]
    private partial void LogFinding(string tenant, string vault, string rule, string reason);
}
