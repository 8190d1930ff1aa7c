using System.Security.Cryptography;
using Granary.Grains.Redis;
using Granary.Tenants.Hosting;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Tests.Support;

/// <summary>Activations over Redis; two of these force two activations of one vault.</summary>
internal sealed class RedisTenants : IAsyncDisposable
{
    public const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private readonly KeyRing _keys = KeyRing.Parse(Key);

    public RedisTenants(string configuration, string prefix = "granary")
    {
        var settings = new RedisSettings { Configuration = configuration, Prefix = prefix, Keys = _keys };
        Link = RedisLink.Connect(configuration, prefix);
        var vaults = new RedisVaults(Link, settings, TimeProvider.System, NullLoggerFactory.Instance);
        Host = new InProcessTenants(new InProcessTenantsOptions { Places = vaults }, TimeProvider.System, NullLogger<InProcessTenants>.Instance);
    }

    public InProcessTenants Host { get; }

    public RedisLink Link { get; }

    public IVault this[string vault] => Host.Vault(TenantId.Default, VaultName.Parse(vault));

    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Link.Dispose();
        _keys.Dispose();
    }
}
