using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Gateway.Protocol.Legacy.Mesh;

/// <summary>
/// How many sessions of one key, and of one tenant, all gateways together remember: a sorted set for each, by when the sessions expire. It is looked at
/// and then changed, so as many calls as come at the same moment may go beyond the bound.
/// </summary>
internal sealed class SharedQuota(RedisLink link, string kind, SessionBounds bounds, TimeSpan lifetime, TimeProvider time)
{
    /// <summary>Counts a session, once.</summary>
    /// <exception cref="RpcException">The key or its tenant has as many as it may: 429.</exception>
    public async Task TakeAsync(Session session)
    {
        await RequireAsync(session, session.KeyOwner, bounds.PerKey, ofKey: true);
        await RequireAsync(session, session.TenantOwner, bounds.PerTenant, ofKey: false);
        await link.RunAsync(() => Task.WhenAll(AddAsync(session, session.KeyOwner), AddAsync(session, session.TenantOwner)));
    }

    /// <summary>Counts it no longer; where that fails, it is counted until it expires.</summary>
    public async Task ReturnAsync(Session session)
    {
        try
        {
            await link.RunAsync(() => Task.WhenAll(
                link.Database.SortedSetRemoveAsync(Key(session.KeyOwner), session.Key), link.Database.SortedSetRemoveAsync(Key(session.TenantOwner), session.Key)));
        }
        catch (MeshException)
        {
            // What the client asked for is done.
        }
    }

    private async Task RequireAsync(Session session, string owner, int max, bool ofKey)
    {
        var key = Key(owner);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var (score, count) = await link.RunAsync(async () =>
        {
            var cleared = link.Database.SortedSetRemoveRangeByScoreAsync(key, double.NegativeInfinity, now);
            var known = link.Database.SortedSetScoreAsync(key, session.Key);
            var length = link.Database.SortedSetLengthAsync(key);
            await cleared;
            return (await known, await length);
        });
        if (score is null && count >= max)
            throw bounds.TooMany(ofKey);
    }

    private async Task AddAsync(Session session, string owner)
    {
        var added = link.Database.SortedSetAddAsync(Key(owner), session.Key, session.Expires.ToUnixTimeSeconds());
        // No session lives longer from now on than this.
        var expires = link.Database.KeyExpireAsync(Key(owner), lifetime);
        await added;
        await expires;
    }

    private RedisKey Key(string owner) => $"{link.Prefix}:sessions:{kind}:{owner}";
}
