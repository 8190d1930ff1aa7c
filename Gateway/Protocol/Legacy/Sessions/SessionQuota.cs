using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>
/// How many sessions of one key, and of one tenant, are remembered at once: an id costs nothing, what is kept of it does. Those that expired are not
/// counted. The caller sees to it that only one thread comes here at a time.
/// </summary>
internal sealed class SessionQuota(SessionBounds bounds, TimeProvider time)
{
    private readonly Dictionary<string, SortedSet<(DateTimeOffset Expires, string Session)>> _owners = new(StringComparer.Ordinal);

    /// <summary>How many owners something is kept of.</summary>
    internal int Owners => _owners.Count;

    /// <summary>Whether a session may be remembered: it is already, or there is room for one more.</summary>
    /// <exception cref="RpcException">The key or its tenant has as many as it may: 429.</exception>
    public void Require(Session session)
    {
        var ofKey = Find(session.KeyOwner);
        if (ofKey?.Contains((session.Expires, session.Key)) == true)
            return;
        if ((ofKey?.Count ?? 0) >= bounds.PerKey)
            throw bounds.TooMany(ofKey: true);
        if ((Find(session.TenantOwner)?.Count ?? 0) >= bounds.PerTenant)
            throw bounds.TooMany(ofKey: false);
    }

    /// <summary>Counts a session, once.</summary>
    public void Add(string session, DateTimeOffset expires, string? keyOwner, string? tenantOwner)
    {
        foreach (var owner in (string?[])[keyOwner, tenantOwner])
        {
            if (owner is null)
                continue;
            if (!_owners.TryGetValue(owner, out var sessions))
                _owners[owner] = sessions = [];
            sessions.Add((expires, session));
        }
    }

    /// <summary>Counts it no longer.</summary>
    public void Remove(string session, DateTimeOffset expires, string? keyOwner, string? tenantOwner)
    {
        foreach (var owner in (string?[])[keyOwner, tenantOwner])
        {
            if (owner is not null && Find(owner) is { } sessions && sessions.Remove((expires, session)) && sessions.Count == 0)
                _owners.Remove(owner);
        }
    }

    /// <summary>The sessions of an owner that have not expired; null where there are none, for nothing is kept of it then.</summary>
    private SortedSet<(DateTimeOffset Expires, string Session)>? Find(string owner)
    {
        if (!_owners.TryGetValue(owner, out var sessions))
            return null;
        var now = time.GetUtcNow();
        while (sessions.Count > 0 && sessions.Min.Expires <= now)
            sessions.Remove(sessions.Min);
        if (sessions.Count > 0)
            return sessions;
        _owners.Remove(owner);
        return null;
    }
}

/// <summary>How many sessions may be remembered.</summary>
/// <param name="PerKey">Of one key.</param>
/// <param name="PerTenant">Of all keys of one tenant.</param>
/// <param name="Sentence">What has been used up, and what can be done about it.</param>
internal sealed record SessionBounds(int PerKey, int PerTenant, string Sentence)
{
    // That a session ended is much less to keep than what it subscribed to.
    private const int EndedPerRemembered = 4;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(60);

    /// <summary>For sessions with subscriptions or a log level.</summary>
    public static SessionBounds Remembered(int perKey, int perTenant) =>
        new(perKey, perTenant, "sessions with subscriptions or a log level; nothing changed. End some with DELETE, or wait until they expire.");

    /// <summary>For sessions that were ended before they expired.</summary>
    public static SessionBounds Ended(int perKey, int perTenant) =>
        new(perKey * EndedPerRemembered, perTenant * EndedPerRemembered, "ended sessions that have not expired; nothing changed, and this one ends when it expires.");

    /// <summary>The refusal of one more.</summary>
    public RpcException TooMany(bool ofKey) => RpcException.TooManyRequests(
        $"This {(ofKey ? "key" : "tenant")} has {(ofKey ? PerKey : PerTenant)} {Sentence}", RetryAfter, ofKey ? "sessions of the key" : "sessions of the tenant");
}
