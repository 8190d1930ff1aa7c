using System.Text.Json;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Sessions;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Channels;

/// <summary>Until 2025-11-25: what the client declared is in its session, and it is asked by requests on the call's stream.</summary>
internal sealed class LegacyChannel : CallChannel
{
    private readonly LegacyPeer _peer;
    private Dictionary<string, string>? _tracking;

    public LegacyChannel(CallOrigin origin, LegacyPeer peer, TimeProvider time, TimeSpan timeout)
        : base(origin, peer.Revision, time, timeout) => _peer = peer;

    public LegacyPeer Peer => _peer;

    public override ClientCapabilities ClientCapabilities => _peer.Capabilities;

    public override IReadOnlyDictionary<string, string> Tracking => _tracking ??= ReadTracking();

    public override string? State => null;

    // A client that never set a level sees what is worth seeing.
    protected override LoggingLevel? LogLevel => _peer.FindState()?.LogLevel ?? LoggingLevel.Info;

    public override async ValueTask<IReadOnlyDictionary<string, InputResponse>> AskAsync(
        IReadOnlyDictionary<string, InputRequest> requests, string? state)
    {
        RequireCapabilities(requests.Values);
        if (!Sink.CanSend || _peer.State() is not { } remembered)
            throw new InvalidOperationException("This client cannot be asked: it accepts no event stream, or has no session.");
        var answers = new Dictionary<string, InputResponse>(StringComparer.Ordinal);
        foreach (var (key, request) in requests)
            answers[key] = await AskOneAsync(remembered, request);
        return answers;
    }

    private async Task<InputResponse> AskOneAsync(SessionState remembered, InputRequest request)
    {
        var id = Guid.NewGuid().ToString("N");
        var answer = remembered.Ask(id);
        try
        {
            await Sink.SendAsync(RpcWriter.Request(request.Method, id, request.Params ?? default(JsonElement)));
            var result = await answer.WaitAsync(Cancellation);
            if (result.ValueKind != JsonValueKind.Object)
                throw new McpException("The client's answer is not an object.");
            return Wire.Read<InputResponse>(result)!;
        }
        finally
        {
            remembered.Unask(id);
        }
    }

    private Dictionary<string, string> ReadTracking()
    {
        var tracking = new Dictionary<string, string>(StringComparer.Ordinal) { ["request"] = RequestId };
        if (_peer.Session is { } session)
        {
            tracking["session"] = session.Key;
            if (session.ClientName.Length > 0)
                tracking["client"] = session.ClientName;
        }
        return tracking;
    }
}

/// <summary>The client at the other end of a legacy conversation, with or without a session.</summary>
internal sealed class LegacyPeer(string revision, ClientCapabilities capabilities, Session? session, SessionStates states)
{
    public string Revision { get; } = revision;

    public ClientCapabilities Capabilities { get; } = capabilities;

    public Session? Session { get; } = session;

    /// <summary>What is remembered of the session, if anything.</summary>
    public SessionState? FindState() => Session is null ? null : states.Find(Session);

    /// <summary>A place to remember things; null without a session.</summary>
    public SessionState? State() => Session is null ? null : states.Get(Session);

    /// <summary>Lets go of a state that holds nothing any more.</summary>
    public void Release()
    {
        if (Session is not null && states.Find(Session) is { } state)
            states.Release(Session, state);
    }

    public static LegacyPeer Of(Session session, SessionStates states) =>
        new(session.Revision, session.Capabilities.ToWire(), session, states);
}
