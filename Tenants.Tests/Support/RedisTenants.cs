using System.Security.Cryptography;
using Granary.Grains.Redis;
using Granary.Tenants.Hosting;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Tests.Support;

/// <summary>Activations over Redis; two of these force two activations of one vault.</summary>
internal sealed class RedisTenants : IAsyncDisposable
{
    public const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private readonly KeyRing _keys = KeyRing.Parse(Key);

    public RedisTenants(string configuration, string prefix = "granary", SealedSegments? archive = null)
    {
        Settings = new RedisSettings { Configuration = configuration, Prefix = prefix, Keys = _keys, Archive = archive };
        Link = RedisLink.Connect(configuration, prefix);
        Vaults = new RedisVaults(Link, Settings, TimeProvider.System, NullLoggerFactory.Instance);
        Host = new InProcessTenants(new InProcessTenantsOptions { Places = Vaults }, TimeProvider.System, NullLogger<InProcessTenants>.Instance);
    }

    public InProcessTenants Host { get; }

    public RedisLink Link { get; }

    public RedisSettings Settings { get; }

    public RedisVaults Vaults { get; }

    public IVault this[string vault] => Host.Vault(TenantId.Default, VaultName.Parse(vault));

    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Link.Dispose();
        _keys.Dispose();
    }
}
