using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Granary.Gateway.Access.Tokens;

/// <summary>
/// The keys of one issuer, from its metadata or from a file. They are fetched with the first token, and then:
/// 1. again once they are an hour old, while the old ones go on serving; for a day they serve if the issuer cannot be reached;
/// 2. again when a token names a key that is not among them (the issuer's keys rolled over), before that token is refused;
/// 3. never more often than every ten seconds, whatever clients send, and by one request at a time. A fetch that failed fails the requests of the
///    next ten seconds at once.
/// </summary>
internal sealed class IssuerKeys(Issuer issuer, Func<CancellationToken, Task<OpenIdConnectConfiguration>> fetch, TimeProvider time)
    : IConfigurationManager<OpenIdConnectConfiguration>
{
    public static readonly TimeSpan FreshFor = TimeSpan.FromHours(1);
    public static readonly TimeSpan BetweenFetches = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UsableFor = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _gate = new(1);
    private Keys? _keys;
    private Attempt? _last;

    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var keys = Volatile.Read(ref _keys);
        if (keys is not null && now - keys.Fetched < FreshFor)
            return keys.Configuration;
        await FetchAsync(cancel);
        keys = Volatile.Read(ref _keys);
        return keys is not null && now - keys.Fetched < UsableFor
            ? keys.Configuration
            : throw new AccessRefusedException("issuer unreachable", $"The keys of the issuer '{issuer.Name}' are unavailable, so its tokens cannot be checked now; try again in a minute.")
            {
                Status = StatusCodes.Status503ServiceUnavailable,
            };
    }

    /// <summary>Fetches the keys again where the one that a token names is not among them. Cheap where it is.</summary>
    public async ValueTask PrepareAsync(string? keyId, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(keyId) || (Volatile.Read(ref _keys) is { } keys && keys.Has(keyId)))
            return;
        await FetchAsync(cancel);
    }

    /// <summary>The handler's wish after a signature failed: <see cref="PrepareAsync"/> has seen to it before.</summary>
    public void RequestRefresh()
    {
    }

    private async Task FetchAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (_last is { } last && time.GetElapsedTime(last.At) < BetweenFetches)
                return;
            _last = new Attempt(time.GetTimestamp());
            // Not the request's own cancellation: the next one needs the keys too.
            var configuration = await fetch(CancellationToken.None);
            if (issuer.Keys is null && configuration.Issuer != issuer.Address)
                throw new InvalidDataException("its metadata is another issuer's.");
            Volatile.Write(ref _keys, new Keys(configuration, time.GetUtcNow()));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            Failed?.Invoke(e);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Told of each fetch that failed.</summary>
    public Action<Exception>? Failed { get; init; }

    private sealed record Attempt(long At);

    private sealed record Keys(OpenIdConnectConfiguration Configuration, DateTimeOffset Fetched)
    {
        public bool Has(string keyId)
        {
            foreach (var key in Configuration.SigningKeys)
            {
                if (key.KeyId == keyId)
                    return true;
            }
            return false;
        }
    }
}
