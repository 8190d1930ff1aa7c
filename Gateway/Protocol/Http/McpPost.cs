using System.Globalization;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Limits;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Modern;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Http;

/// <summary><c>POST /mcp</c>, every revision: reads the message once, decides the era, and hands it on.</summary>
internal sealed class McpPost(
    GatewayOptions options,
    Dispatcher dispatcher,
    HeaderRules rules,
    RequestStateSeal seal,
    Listen listen,
    RateLimits limits,
    TimeProvider time,
    ILegacyHttp? legacy = null)
{
    public async Task HandleAsync(HttpContext context, Principal caller)
    {
        RequestBody? body = null;
        try
        {
            var accepts = CheckMediaTypes(context.Request.Headers);
            body = await RequestBody.ReadAsync(context.Request, options.MaxBodyBytes);
            await limits.BodyAsync(context, caller, body.Bytes.Length);
            var version = RequestHeaders.Single(context.Request.Headers, RequestHeaders.ProtocolVersion);
            if (EnvelopeReader.IsArray(body.Bytes.Span))
            {
                if (legacy is null)
                    throw RpcException.InvalidRequest("This revision has no batches: send one message per request.");
                await legacy.PostBatchAsync(context, caller, body.Bytes, accepts, version);
                return;
            }
            var envelope = EnvelopeReader.Read(body.Bytes);
            if (legacy is null || IsModern(version, envelope.Meta.ProtocolVersion))
                await ModernAsync(context, caller, envelope, accepts);
            else
                await legacy.PostAsync(context, caller, envelope, accepts, version, Hand(ref body));
        }
        catch (RpcException e)
        {
            await FailAsync(context.Response, e);
        }
        finally
        {
            body?.Dispose();
        }
    }

    /// <summary>Answers with an error, naming the request where it is known.</summary>
    public static async Task FailAsync(HttpResponse response, RpcException error)
    {
        using var reply = ReplyBuffer.Rent();
        RpcWriter.Error(reply, error.Id, error);
        if (error.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await HttpReply.WriteJsonAsync(response, reply.Written, new Outcome(error.HttpStatus, Challenge: error.Challenge));
    }

    private static RequestBody Hand(ref RequestBody? body)
    {
        var handed = body!;
        body = null;
        return handed;
    }

    /// <summary>Whatever is not a legacy revision, in the header or in the body, is for the stateless path to serve or to refuse.</summary>
    private static bool IsModern(string? header, string? inBody) =>
        (header is not null && Revisions.FindLegacy(header) is null) || (inBody is not null && Revisions.FindLegacy(inBody) is null);

    private Task ModernAsync(HttpContext context, Principal caller, Envelope envelope, Accepts accepts)
    {
        if (envelope.Kind == MessageKind.Response)
            throw RpcException.InvalidRequest("This revision has no requests from the server, and so no responses to it.");
        if (envelope.Kind == MessageKind.Notification)
        {
            if (!envelope.Method.StartsWith("notifications/", StringComparison.Ordinal))
                throw RpcException.InvalidRequest($"'{envelope.Method}' is not a notification: give it an id.");
            HeaderRules.CheckNotification(envelope, context.Request.Headers);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        }
        try
        {
            rules.Check(envelope, context.Request.Headers);
        }
        catch (RpcException e)
        {
            throw e.WithId(envelope);
        }
        if (envelope.Method == RequestMethods.SubscriptionsListen)
            return listen.ServeAsync(context, caller, envelope, accepts);
        var httpReply = new HttpReply(context, accepts, resumption: null, options.KeepAlive);
        return AnswerAsync(new ModernChannel(new CallOrigin(envelope, caller, new HttpSource(context), httpReply), seal, time, options.CallTimeout), httpReply);
    }

    private async Task AnswerAsync(ModernChannel channel, HttpReply httpReply)
    {
        using var call = channel;
        using var reply = ReplyBuffer.Rent();
        var outcome = await httpReply.WatchAsync(dispatcher.DispatchAsync(channel, reply));
        await httpReply.FinishAsync(reply, outcome);
    }

    private static Accepts CheckMediaTypes(IHeaderDictionary headers)
    {
        MediaTypes.RequireJson(headers);
        var accepts = AcceptHeader.Read(headers);
        return accepts != Accepts.Nothing
            ? accepts
            : throw RpcException.InvalidRequest("Accept application/json, text/event-stream or both.", StatusCodes.Status406NotAcceptable);
    }
}
