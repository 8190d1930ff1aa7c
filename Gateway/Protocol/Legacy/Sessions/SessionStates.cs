namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>What is under way in legacy sessions on this gateway; nothing is kept of a session in which nothing is.</summary>
internal sealed class SessionStates(TimeProvider time)
{
    private const int MaxStates = 50_000;

    private readonly LeaseTable<SessionState> _states = new(MaxStates, time);

    public int Count => _states.Count;

    /// <summary>The state, if there is any.</summary>
    public SessionState? Find(string session) => _states.Find(session);

    /// <summary>The state, until <see cref="Leave"/>: what is put into it is visible to everyone from then on.</summary>
    public SessionState Enter(Session session) => _states.Enter(session.Key, static expires => new SessionState(expires), session.Expires);

    public void Leave(Session session, SessionState state) => _states.Leave(session.Key, state);

    /// <summary>Drops a state that came to hold nothing.</summary>
    public void Sweep(Session session, SessionState state) => _states.Sweep(session.Key, state);

    /// <summary>Ends everything under way in a session.</summary>
    public void Close(string session) => _states.Remove(session)?.Close();
}
