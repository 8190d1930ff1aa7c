using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>Makes legacy sessions and recognises them again.</summary>
internal sealed class LegacySessions(TokenSeal ring, IMesh mesh, GatewayOptions options, TimeProvider time)
{
    private readonly Dictionary<string, byte[]> _results = Revisions.Legacy.ToDictionary(
        r => r,
        r => ResultWriter.Prepare(
            new InitializeResult
            {
                ProtocolVersion = r,
                Capabilities = ServerIdentity.Capabilities,
                ServerInfo = ServerIdentity.Info,
                Instructions = ServerIdentity.Instructions,
            },
            modern: false));

    /// <summary>Answers <c>initialize</c>: the revision the client asked for where we have it, else the newest that has sessions.</summary>
    public (Session Session, byte[] Result) Initialize(Envelope envelope, Principal caller)
    {
        using var parameters = envelope.ParseParams();
        var request = Read(parameters.RootElement);
        var revision = Revisions.FindLegacy(request.ProtocolVersion) ?? Revisions.NewestLegacy;
        var session = Session.Create(
            caller, revision, request.Capabilities, request.ClientInfo?.Name, time.GetUtcNow() + options.SessionLifetime);
        return (session, _results[revision]);
    }

    public string Seal(Session session) => session.Seal(ring);

    /// <summary>The session a request names.</summary>
    /// <exception cref="RpcException">There is no such session for this caller: 404, and the client starts anew.</exception>
    public async ValueTask<Session> RequireAsync(IHeaderDictionary headers, Principal caller)
    {
        var id = RequestHeaders.Single(headers, RequestHeaders.SessionId);
        var session = id is null ? null : Session.Open(id, ring, time.GetUtcNow());
        if (session?.BelongsTo(caller) == true)
            session = session with { Tenant = caller.Tenant.Value };
        if (session is null || session.Tenant.Length == 0 || await mesh.Memories.RecallAsync(session) is { IsEnded: true })
            throw new RpcException(RpcErrors.SessionNotFound, "Session not found: it has ended or expired. Start a new one with 'initialize'.", 404);
        return session;
    }

    private static InitializeRequestParams Read(JsonElement parameters)
    {
        try
        {
            if (parameters.TryGetProperty("protocolVersion", out var version) && version.ValueKind == JsonValueKind.String)
            {
                var request = Wire.Read<InitializeRequestParams>(parameters)!;
                request.Capabilities ??= new ClientCapabilities();
                return request;
            }
        }
        catch (JsonException)
        {
            // Said below, in a sentence.
        }
        throw RpcException.InvalidParams(
            "initialize needs 'protocolVersion' (a string), 'capabilities' (an object) and 'clientInfo' with 'name' and 'version'.");
    }
}
