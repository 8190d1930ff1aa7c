namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>Memories in this process, where there is no other gateway. Bounded; a session nobody asked anything of costs nothing.</summary>
internal sealed class LocalMemories(SessionStates states, TimeProvider time) : ISessionMemories
{
    private const int MaxRemembered = 50_000;

    private readonly LeaseTable<Kept> _kept = new(MaxRemembered, time);
    private readonly LeaseTable<Kept> _ended = new(MaxRemembered, time);

    public int Count => _kept.Count;

    public ValueTask<SessionMemory?> RecallAsync(Session session) =>
        new(_ended.Find(session.Key) is not null ? SessionMemory.Ended : Find(session));

    public SessionMemory? Find(Session session) => _kept.Find(session.Key)?.Memory;

    public ValueTask ChangeAsync(Session session, MemoryChange change)
    {
        var kept = Enter(_kept, session);
        kept.Memory.Apply(change);
        _kept.Leave(session.Key, kept);
        return default;
    }

    public ValueTask EndAsync(Session session)
    {
        _ended.Leave(session.Key, Enter(_ended, session, isEnd: true));
        _kept.Remove(session.Key);
        states.Close(session.Key);
        return default;
    }

    public MemoryLease Hold(Session session, Action<bool> changed)
    {
        var kept = Enter(_kept, session);
        return new MemoryLease(kept.Memory, changed, () => _kept.Leave(session.Key, kept));
    }

    private static Kept Enter(LeaseTable<Kept> table, Session session, bool isEnd = false) =>
        table.Enter(session.Key, static made => new Kept(made.Expires, made.isEnd), (session.Expires, isEnd));

    private sealed class Kept(DateTimeOffset expires, bool isEnd) : Leased(expires)
    {
        public SessionMemory Memory { get; } = isEnd ? SessionMemory.Ended : new();

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
