using System.Collections.Concurrent;

namespace Granary.Gateway.Protocol.Sessions;

/// <summary>
/// What this gateway remembers of legacy sessions: only what a client asked to be remembered (log level, subscriptions, termination), and
/// what is under way. Bounded; the session that was used least recently is forgotten first.
/// </summary>
internal sealed class SessionStates(TimeProvider time)
{
    private const int MaxRemembered = 50_000;

    private readonly ConcurrentDictionary<string, SessionState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _terminated = new(StringComparer.Ordinal);

    public int Count => _states.Count;

    public bool IsTerminated(Session session) => !_terminated.IsEmpty && _terminated.ContainsKey(session.Key);

    /// <summary>The state, if there is any.</summary>
    public SessionState? Find(Session session) => _states.TryGetValue(session.Key, out var state) ? state : null;

    /// <summary>The state, created when the client first gives a reason to have one.</summary>
    public SessionState Get(Session session)
    {
        if (_states.TryGetValue(session.Key, out var state))
            return state;
        Trim();
        return _states.GetOrAdd(session.Key, static (_, expires) => new SessionState(expires), session.Expires);
    }

    /// <summary>Drops a state that holds nothing any more.</summary>
    public void Release(Session session, SessionState state)
    {
        if (state.IsEmpty)
            _states.TryRemove(new KeyValuePair<string, SessionState>(session.Key, state));
    }

    /// <summary>Ends a session for good (DELETE): until it would have expired its id answers 404.</summary>
    public void Terminate(Session session)
    {
        Forget(_terminated, MaxRemembered, static expires => expires);
        _terminated[session.Key] = session.Expires;
        if (_states.TryRemove(session.Key, out var state))
            state.Close();
    }

    private void Trim() => Forget(_states, MaxRemembered, static state => state.Expires);

    private void Forget<T>(ConcurrentDictionary<string, T> entries, int max, Func<T, DateTimeOffset> expires)
    {
        if (entries.Count < max)
            return;
        var now = time.GetUtcNow();
        var spare = max / 10;
        foreach (var entry in entries.OrderBy(e => expires(e.Value)))
        {
            if (expires(entry.Value) > now && spare-- <= 0)
                break;
            entries.TryRemove(entry.Key, out _);
        }
    }
}
