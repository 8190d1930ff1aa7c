using System.Collections.Frozen;
using Granary.Tenants;
using Microsoft.AspNetCore.Authentication;

namespace Granary.Gateway.Access;

/// <summary>A key in force.</summary>
internal sealed class KnownKey
{
    private readonly ApiKeyEntry _entry;
    private readonly CancellationTokenSource _revoked;

    private KnownKey(ApiKeyEntry entry, KnownKey? old)
    {
        _entry = entry;
        _revoked = old?._revoked ?? new CancellationTokenSource();
        Principal = old?.Principal
            ?? new Principal(TenantId.Parse(entry.Tenant), entry.Id, entry.Scopes.ToFrozenSet(StringComparer.Ordinal)) { Revoked = _revoked.Token };
        var scheme = entry.Certificate is null ? Schemes.ApiKey : Schemes.Certificate;
        Admitted = old?.Admitted ?? AuthenticateResult.Success(new AuthenticationTicket(CallerIdentity.User(Principal, scheme), scheme));
    }

    public Principal Principal { get; }

    /// <summary>What ASP.NET Core's authentication returns for the key.</summary>
    public AuthenticateResult Admitted { get; }

    /// <summary>What a secret is compared with; null where a certificate proves the key.</summary>
    public (byte[] Salt, byte[] Hash)? Current => _entry is { Salt: { } salt, Hash: { } hash } ? (salt, hash) : null;

    /// <summary>The name of the certificate that proves it; null where a secret does.</summary>
    public string? Certificate => _entry.Certificate;

    /// <summary>
    /// The key as the file has it now. The caller stays the same, and what runs for it goes on, where the key has the same rights and its old secret
    /// is still valid.
    /// </summary>
    public static KnownKey From(ApiKeyEntry entry, KnownKey? old) => new(entry, old is not null && old.GoesOnAs(entry) ? old : null);

    /// <summary>The secret before the last rotation, while it is valid.</summary>
    public (byte[] Salt, byte[] Hash)? Previous(DateTimeOffset now) =>
        _entry.Previous is { } previous && previous.Expires > now ? (previous.Salt, previous.Hash) : null;

    public bool HasExpired(DateTimeOffset now) => _entry.Expires <= now;

    /// <summary>Ends what runs for this key. Not on the caller's thread: it has other keys to see to.</summary>
    public void Revoke() => _ = _revoked.CancelAsync();

    private bool GoesOnAs(ApiKeyEntry entry) =>
        !_revoked.IsCancellationRequested
        && entry.Tenant == _entry.Tenant
        && entry.Expires == _entry.Expires
        && entry.Scopes.ToHashSet(StringComparer.Ordinal).SetEquals(_entry.Scopes)
        && entry.Certificate == _entry.Certificate
        && (entry.Hash.AsSpan().SequenceEqual(_entry.Hash) || entry.Previous?.Hash.AsSpan().SequenceEqual(_entry.Hash) == true);
}
