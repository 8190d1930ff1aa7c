using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Limits;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Legacy;

/// <summary><c>POST /mcp</c> until 2025-11-25: sessions, notifications, responses to our requests, batches in the one revision that has them.</summary>
internal sealed class LegacyPost(
    GatewayOptions options,
    Dispatcher dispatcher,
    LegacySessions sessions,
    SessionStates states,
    IMesh mesh,
    InFlight inFlight,
    RateLimits limits,
    QuietReplies quiet,
    TimeProvider time)
{
    private const int MaxBatch = 100;

    public async Task HandleAsync(HttpContext context, Principal caller, Envelope envelope, Accepts accepts, string? version, RequestBody body)
    {
        var running = false;
        try
        {
            HeaderRules.CheckOlder(envelope, context.Request.Headers);
            if (envelope.Kind == MessageKind.Request && envelope.Method == RequestMethods.Initialize)
            {
                await InitializeAsync(context, caller, envelope);
                return;
            }
            var peer = await PeerAsync(context.Request.Headers, caller, version);
            if (envelope.Kind != MessageKind.Request)
            {
                await LegacyMessages.AcceptAsync(envelope, peer, mesh);
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                return;
            }
            var httpReply = new HttpReply(context, accepts, Resumption.For(peer, mesh, envelope.Id, options.CallTimeout), quiet);
            var source = new HttpSource(context);
            var work = RunAsync(peer, httpReply, new CallOrigin(envelope, caller, source, httpReply), body);
            running = true;
            if (!work.IsCompleted && httpReply.ClosedEarly is { } closed && await Task.WhenAny(work, closed) != work)
            {
                // The client comes back for the rest; the request ends here, the work does not.
                source.Detach();
                _ = inFlight.TrackAsync(work);
                return;
            }
            await work;
        }
        catch (RpcException e)
        {
            throw e.WithId(envelope);
        }
        finally
        {
            if (!running)
                body.Dispose();
        }
    }

    public async Task HandleBatchAsync(HttpContext context, Principal caller, ReadOnlyMemory<byte> body, Accepts accepts, string? version)
    {
        if (version is not null && Revisions.FindLegacy(version) is null)
            throw RpcException.InvalidRequest("This revision has no batches: send one message per request.");
        HeaderRules.CheckBatch(context.Request.Headers);
        var peer = await PeerAsync(context.Request.Headers, caller, version);
        if (!Revisions.HasBatches(peer.Revision))
            throw RpcException.InvalidRequest($"Revision {peer.Revision} has no batches: send one message per request.");
        var members = EnvelopeReader.Split(body);
        if (members.Count is 0 or > MaxBatch)
            throw RpcException.InvalidRequest($"A batch has 1 to {MaxBatch} messages.");
        await new Batch(this, context, caller, peer, accepts, quiet).RunAsync(members);
    }

    /// <summary>Serves one member of a batch into <paramref name="reply"/>; false when it has no response.</summary>
    internal async ValueTask<bool> ServeMemberAsync(
        HttpContext context, Principal caller, LegacyPeer peer, IMessageSink sink, BatchBudget budget, ReadOnlyMemory<byte> member, ReplyBuffer reply)
    {
        Envelope? envelope = null;
        try
        {
            var unreadable = TryRead(member, out envelope);
            // Every member counts, also one that is not answered or cannot be read.
            if (budget.CountsAgain())
                await limits.RequestAsync(context, caller);
            if (envelope is null)
                throw unreadable!;
            if (envelope.Kind != MessageKind.Request)
            {
                await LegacyMessages.AcceptAsync(envelope, peer, mesh);
                return false;
            }
            if (envelope.Method == RequestMethods.Initialize)
                throw RpcException.InvalidRequest("'initialize' is never part of a batch.");
            // Notifications and responses wait for no turn: they may be what a request that runs is waiting for.
            await budget.EnterAsync();
            try
            {
                using var channel = new LegacyChannel(new CallOrigin(envelope, caller, new HttpSource(context), sink), peer, time, options.CallTimeout);
                return !(await LegacyMessages.RunAsync(dispatcher, peer, channel, reply)).IsSilent;
            }
            finally
            {
                budget.Leave(reply.Written.Length);
            }
        }
        catch (RpcException e)
        {
            RpcWriter.Error(reply, envelope?.Id ?? e.Id, e);
            return true;
        }
    }

    private static RpcException? TryRead(ReadOnlyMemory<byte> member, out Envelope? envelope)
    {
        envelope = null;
        try
        {
            envelope = EnvelopeReader.Read(member);
            return null;
        }
        catch (RpcException e)
        {
            return e;
        }
    }

    private async Task RunAsync(LegacyPeer peer, HttpReply httpReply, CallOrigin origin, RequestBody body)
    {
        using (body)
        using (httpReply)
        using (var channel = new LegacyChannel(origin, peer, time, options.CallTimeout))
        using (var reply = ReplyBuffer.Rent())
        {
            var work = LegacyMessages.RunAsync(dispatcher, peer, channel, reply);
            if (!work.IsCompleted)
                httpReply.Wait();
            await httpReply.FinishAsync(reply, await work);
        }
    }

    private async Task InitializeAsync(HttpContext context, Principal caller, Envelope envelope)
    {
        var (session, result) = sessions.Initialize(envelope, caller);
        context.Response.Headers[RequestHeaders.SessionId] = sessions.Seal(session);
        using var reply = ReplyBuffer.Rent();
        RpcWriter.Result(reply, envelope.Id.Span, result);
        await HttpReply.WriteJsonAsync(context.Response, reply.Written, Outcome.Ok);
    }

    private async ValueTask<LegacyPeer> PeerAsync(IHeaderDictionary headers, Principal caller, string? version)
    {
        if (headers.ContainsKey(RequestHeaders.SessionId))
            return new LegacyPeer(await sessions.RequireAsync(headers, caller), states, mesh);
        var revision = Revisions.FindLegacy(version) ?? (options.AllowOneShot ? Revisions.V20250326 : null);
        return revision is not null
            ? new LegacyPeer(revision, new ClientCapabilities())
            : throw RpcException.InvalidRequest(
                "Which protocol is this? Send 'initialize' first and then its Mcp-Session-Id, or speak 2026-07-28 with its _meta and headers. "
                + $"Supported versions: {string.Join(", ", Revisions.Supported)}.");
    }
}
