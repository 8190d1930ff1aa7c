using Granary.Gateway.Protocol.Legacy.Sessions;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Legacy.Calls;

/// <summary>The client at the other end of a legacy conversation, with or without a session.</summary>
internal sealed class LegacyPeer
{
    private readonly SessionStates? _states;
    private readonly ISessionMemories? _memories;
    private readonly string _gateway = "";

    /// <summary>A client without a session.</summary>
    public LegacyPeer(string revision, ClientCapabilities capabilities)
    {
        Revision = revision;
        Capabilities = capabilities;
    }

    /// <summary>A session that is bound to one connection, and so to this gateway.</summary>
    public LegacyPeer(Session session, SessionStates states, ISessionMemories memories)
        : this(session.Revision, session.Capabilities.ToWire())
    {
        Session = session;
        _states = states;
        _memories = memories;
    }

    /// <summary>A session whose requests may arrive at any gateway.</summary>
    public LegacyPeer(Session session, SessionStates states, IMesh mesh)
        : this(session, states, mesh.Memories) => _gateway = mesh.Self;

    public string Revision { get; }

    public ClientCapabilities Capabilities { get; }

    public Session? Session { get; }

    /// <summary>What the client asked to be remembered, if anything.</summary>
    public SessionMemory? Memory => Session is null ? null : _memories!.Find(Session);

    /// <summary>Remembers what the client asks for; nothing without a session.</summary>
    public ValueTask RememberAsync(MemoryChange change) => Session is null ? default : _memories!.ChangeAsync(Session, change);

    /// <summary>What is under way in the session on this gateway, if anything.</summary>
    public SessionState? FindState() => Session is null ? null : _states!.Find(Session.Key);

    /// <summary>A place for what is under way, until <see cref="Leave"/>; null without a session.</summary>
    public SessionState? Enter() => Session is null ? null : _states!.Enter(Session);

    public void Leave(SessionState state) => _states!.Leave(Session!, state);

    /// <summary>Drops a state that came to hold nothing.</summary>
    public void Sweep(SessionState state) => _states!.Sweep(Session!, state);

    /// <summary>An id for a question to the client, whose answer may arrive at any gateway.</summary>
    public string MarkId(string id) => GatewayMark.Put(_gateway, id);
}
