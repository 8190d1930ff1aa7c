using System.Security.Cryptography;
using System.Text;
using Granary.Tenants;

namespace Granary.Grains.Contracts;

/// <summary>How grains are named. A tenant's name has no slash, so the first one ends it.</summary>
public static class GrainKeys
{
    /// <summary><c>tenant/vault</c>.</summary>
    public static string Vault(TenantId tenant, VaultName vault) => $"{tenant.Value}/{vault.Value}";

    /// <summary><c>tenant/digest</c>; the digest stands for address and credential and shows neither.</summary>
    public static string Instana(TenantId tenant, ConnectionMessage connection)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (string?[])[connection.BaseUrl, connection.Scheme, connection.Secret, connection.CsrfToken, connection.CookieName])
        {
            digest.AppendData(Encoding.UTF8.GetBytes(part ?? ""));
            digest.AppendData([0]);
        }
        return $"{tenant.Value}/{Convert.ToHexStringLower(digest.GetHashAndReset().AsSpan(0, 16))}";
    }

    /// <summary>The tenant a key belongs to.</summary>
    public static TenantId Tenant(string key) => TenantId.Parse(key.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? key[..slash] : key);

    /// <summary>The vault a key names.</summary>
    public static VaultName VaultOf(string key) => VaultName.Parse(key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..]);
}
