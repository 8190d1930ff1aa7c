using System.Text.Json;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;
using Granary.Instana.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Legacy.Calls;

/// <summary>Until 2025-11-25: what the client declared is in its session, and it is asked by requests on the call's stream.</summary>
internal sealed class LegacyChannel : CallChannel
{
    private readonly LegacyPeer _peer;

    public LegacyChannel(CallOrigin origin, LegacyPeer peer, TimeProvider time, TimeSpan timeout)
        : base(origin, peer.Revision, time, timeout) => _peer = peer;

    public LegacyPeer Peer => _peer;

    public override ClientCapabilities ClientCapabilities => _peer.Capabilities;

    public override CallTracking Tracking => new(_peer.Session?.Key, RequestId, _peer.Session?.ClientName);

    public override string? State => null;

    // A client that never set a level sees what is worth seeing.
    protected override LoggingLevel? LogLevel => _peer.Memory?.LogLevel ?? LoggingLevel.Info;

    public override async ValueTask<IReadOnlyDictionary<string, InputResponse>> AskAsync(
        IReadOnlyDictionary<string, InputRequest> requests, string? state)
    {
        RequireCapabilities(requests.Values);
        if (!Sink.CanSend || _peer.Enter() is not { } underWay)
            throw new InvalidOperationException("This client cannot be asked: it accepts no event stream, or has no session.");
        try
        {
            var answers = new Dictionary<string, InputResponse>(StringComparer.Ordinal);
            foreach (var (key, request) in requests)
                answers[key] = await AskOneAsync(underWay, request);
            return answers;
        }
        finally
        {
            _peer.Leave(underWay);
        }
    }

    private async Task<InputResponse> AskOneAsync(SessionState underWay, InputRequest request)
    {
        var id = _peer.MarkId(Guid.NewGuid().ToString("N"));
        var answer = underWay.Ask(id);
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
            underWay.Unask(id);
        }
    }

}
