using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>
/// Memories in this process and in the data folder, where there is no other gateway. Bounded; a session nobody asked anything of costs nothing, and
/// none is forgotten to make room for another.
/// </summary>
internal sealed class LocalMemories : ISessionMemories, IDisposable
{
    private const int MaxRemembered = 50_000;
    private const int MaxEnded = 200_000;

    private readonly LeaseTable<Kept> _kept;
    private readonly LeaseTable<Kept> _ended;
    private readonly SessionStates _states;
    private readonly SessionJournal _journal;
    private readonly SessionQuota _keptQuota;
    private readonly SessionQuota _endedQuota;
    private readonly Lock _changing = new();

    /// <exception cref="InvalidDataException">The journal cannot be used.</exception>
    public LocalMemories(SessionStates states, SessionJournal journal, GatewayOptions options, TimeProvider time)
    {
        (_states, _journal) = (states, journal);
        (_kept, _ended) = (new LeaseTable<Kept>(MaxRemembered, time, evicts: false), new LeaseTable<Kept>(MaxEnded, time, evicts: false));
        _keptQuota = new SessionQuota(SessionBounds.Remembered(options.MaxSessionsPerKey, options.MaxSessionsPerTenant), time);
        _endedQuota = new SessionQuota(SessionBounds.Ended(options.MaxSessionsPerKey, options.MaxSessionsPerTenant), time);
        var records = journal.Read();
        var now = time.GetUtcNow();
        foreach (var record in records.Where(r => DateTimeOffset.FromUnixTimeSeconds(r.Expires) > now))
            Replay(record);
        if (records.Count > 0)
            journal.Rewrite(Live());
    }

    public int Count => _kept.Count;

    public ValueTask<SessionMemory?> RecallAsync(Session session) =>
        new(_ended.Find(session.Key) is not null ? SessionMemory.Ended : Find(session));

    public SessionMemory? Find(Session session) => _kept.Find(session.Key)?.Memory;

    public ValueTask ChangeAsync(Session session, MemoryChange change)
    {
        lock (_changing)
        {
            if (change.Kind != MemoryChangeKind.Unsubscribe)
                _keptQuota.Require(session);
            RequireRoom(_kept, session);
            var owner = new Owner(session.KeyOwner, session.TenantOwner);
            _journal.Append(Record(session.Key, session.Expires, owner, change), Live);
            Apply(session.Key, session.Expires, owner, change);
        }
        return default;
    }

    public ValueTask EndAsync(Session session)
    {
        lock (_changing)
        {
            _endedQuota.Require(session);
            RequireRoom(_ended, session);
            var owner = new Owner(session.KeyOwner, session.TenantOwner);
            _journal.Append(EndRecord(session.Key, session.Expires, owner), Live);
            End(session.Key, session.Expires, owner);
        }
        _states.Close(session.Key);
        return default;
    }

    public MemoryLease Hold(Session session, Action<bool> changed)
    {
        var kept = Enter(_kept, session.Key, session.Expires);
        return new MemoryLease(kept.Memory, changed, () => _kept.Leave(session.Key, kept));
    }

    public void Dispose() => _journal.Dispose();

    private static void RequireRoom(LeaseTable<Kept> table, Session session)
    {
        if (!table.HasRoomFor(session.Key))
            throw new RpcException(RpcErrors.Internal, "The server remembers as many sessions as it can, and nothing changed; try again later.", 503);
    }

    private static Kept Enter(LeaseTable<Kept> table, string key, DateTimeOffset expires, bool isEnd = false) =>
        table.Enter(key, static made => new Kept(made.expires, made.isEnd), (expires, isEnd));

    private static SessionRecord EndRecord(string key, DateTimeOffset expires, Owner owner) =>
        new(key, expires.ToUnixTimeSeconds(), null) { Key = owner.Key, Tenant = owner.Tenant };

    private static SessionRecord Record(string key, DateTimeOffset expires, Owner owner, MemoryChange change) => new(key, expires.ToUnixTimeSeconds(), change.Kind)
    {
        Key = owner.Key,
        Tenant = owner.Tenant,
        Uri = change.Kind == MemoryChangeKind.LogLevel ? null : change.Uri,
        Spelled = change.Kind == MemoryChangeKind.Subscribe ? change.Spelled : null,
        Level = change.Kind == MemoryChangeKind.LogLevel ? (int)change.Level : null,
    };

    private void Apply(string key, DateTimeOffset expires, Owner owner, MemoryChange change)
    {
        var kept = Enter(_kept, key, expires);
        kept.Memory.Apply(change);
        kept.Owner = owner;
        if (kept.Memory.IsEmpty)
            _keptQuota.Remove(key, expires, owner.Key, owner.Tenant);
        else
            _keptQuota.Add(key, expires, owner.Key, owner.Tenant);
        _kept.Leave(key, kept);
    }

    private void End(string key, DateTimeOffset expires, Owner owner)
    {
        var ended = Enter(_ended, key, expires, isEnd: true);
        ended.Owner = owner;
        _endedQuota.Add(key, expires, owner.Key, owner.Tenant);
        _ended.Leave(key, ended);
        _kept.Remove(key);
        _keptQuota.Remove(key, expires, owner.Key, owner.Tenant);
    }

    private void Replay(SessionRecord record)
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds(record.Expires);
        var owner = new Owner(record.Key, record.Tenant);
        if (record.Kind is { } kind)
            Apply(record.Session, expires, owner, new MemoryChange(kind, record.Uri ?? "", record.Spelled ?? "", (LoggingLevel)(record.Level ?? 0)));
        else
            End(record.Session, expires, owner);
    }

    private IEnumerable<SessionRecord> Live()
    {
        foreach (var (key, ended) in _ended.All())
            yield return EndRecord(key, ended.Expires, ended.Owner);
        foreach (var (key, kept) in _kept.All())
        {
            if (kept.Memory.LogLevel is { } level)
                yield return Record(key, kept.Expires, kept.Owner, new MemoryChange(MemoryChangeKind.LogLevel, Level: level));
            foreach (var (uri, spelled) in kept.Memory.Subscriptions)
                yield return Record(key, kept.Expires, kept.Owner, new MemoryChange(MemoryChangeKind.Subscribe, uri, spelled));
        }
    }

    /// <summary>Who is counted for a session; nobody for lines of the journal from before sessions were counted.</summary>
    private readonly record struct Owner(string? Key, string? Tenant);

    private sealed class Kept(DateTimeOffset expires, bool isEnd) : Leased(expires)
    {
        public SessionMemory Memory { get; } = isEnd ? SessionMemory.Ended : new();

        public Owner Owner { get; set; }

        public override bool IsIdle => Memory.IsEmpty;
    }
}

/// <summary>The memory of a session that lives and dies with one connection.</summary>
internal sealed class ConnectionMemory(SessionMemory memory) : ISessionMemories
{
    public ValueTask<SessionMemory?> RecallAsync(Session session) => new(memory);

    public SessionMemory? Find(Session session) => memory;

    public ValueTask ChangeAsync(Session session, MemoryChange change)
    {
        memory.Apply(change);
        return default;
    }

    public ValueTask EndAsync(Session session) => default;

    public MemoryLease Hold(Session session, Action<bool> changed) => new(memory, changed, static () => { });
}
