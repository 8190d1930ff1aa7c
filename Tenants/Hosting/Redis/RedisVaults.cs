using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Redis;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Hosting.Redis;

/// <summary>The place of every vault in Redis.</summary>
public sealed partial class RedisVaults : IDisposable
{
    private readonly RedisSettings _settings;
    private readonly KeyEncryption _keys;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _ownsLink;

    /// <summary>Uses a connection that stays its owner's.</summary>
    /// <exception cref="ArgumentException">The settings have no key-encryption key.</exception>
    public RedisVaults(RedisLink link, RedisSettings settings, TimeProvider time, ILoggerFactory loggers)
        : this(link, settings, time, loggers, ownsLink: false)
    {
    }

    private RedisVaults(RedisLink link, RedisSettings settings, TimeProvider time, ILoggerFactory loggers, bool ownsLink)
    {
        Link = link;
        _settings = settings;
        _keys = settings.Keys ?? throw new ArgumentException("Vaults in Redis need a key-encryption key.", nameof(settings));
        _time = time;
        _logger = loggers.CreateLogger<RedisVaults>();
        _ownsLink = ownsLink;
    }

    /// <summary>The connection.</summary>
    public RedisLink Link { get; }

    /// <summary>Connects, or returns after a few seconds and goes on trying.</summary>
    public static RedisVaults Connect(RedisSettings settings, TimeProvider time, ILoggerFactory loggers) =>
        new(RedisLink.Connect(settings.Configuration, settings.Prefix), settings, time, loggers, ownsLink: true);

    /// <summary>The place of a vault, whether it exists yet or not.</summary>
    public IVaultStore Create(TenantId tenant, VaultName vault) => new RedisVaultStore(new RedisVaultOptions
    {
        Link = Link,
        Name = $"{tenant.Value}/{vault.ToFileName()}",
        Keys = _keys,
        Format = PsmcFormat.Name,
        WaitReplicas = _settings.Replicas,
        Found = finding => LogFinding(tenant.Value, vault.Value, finding.Rule, finding.Reason),
        Time = _time,
    });

    /// <inheritdoc />
    public void Dispose()
    {
        if (_ownsLink)
            Link.Dispose();
    }

    [LoggerMessage(1, LogLevel.Error, "Vault {Vault} of tenant {Tenant} ({Rule}): {Reason}")]
    private partial void LogFinding(string tenant, string vault, string rule, string reason);
}
