namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>The memories of legacy sessions, wherever they are kept.</summary>
internal interface ISessionMemories
{
    /// <summary>What is remembered of a session, null for nothing. Completes at once for a session that this gateway has seen.</summary>
    ValueTask<SessionMemory?> RecallAsync(Session session);

    /// <summary>What this gateway knows of a session that it recalled before.</summary>
    SessionMemory? Find(Session session);

    /// <summary>Remembers. Once it completes, every gateway that serves the session knows.</summary>
    /// <exception cref="Messages.RpcException">It could not be stored; nothing changed (503).</exception>
    ValueTask ChangeAsync(Session session, MemoryChange change);

    /// <summary>Ends a session for good: until it would have expired its id answers 404.</summary>
    /// <exception cref="Messages.RpcException">It could not be stored; nothing changed (503).</exception>
    ValueTask EndAsync(Session session);

    /// <summary>Has the memory at hand, and up to date, until disposed; <paramref name="changed"/> is called after every change.</summary>
    MemoryLease Hold(Session session, Action<bool> changed);
}

/// <summary>A memory that stays at hand until disposed.</summary>
internal sealed class MemoryLease : IDisposable
{
    private readonly Action<bool> _changed;
    private readonly Action _leave;

    public MemoryLease(SessionMemory memory, Action<bool> changed, Action leave)
    {
        Memory = memory;
        _changed = changed;
        _leave = leave;
        memory.Changed += changed;
    }

    public SessionMemory Memory { get; }

    public void Dispose()
    {
        Memory.Changed -= _changed;
        _leave();
    }
}
