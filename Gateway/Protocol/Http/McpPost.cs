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
    QuietReplies quiet,
    TimeProvider time,
    ILegacyHttp? legacy = null)
{
    /// <summary>Reads the message and begins the work on it. What is wrong with it is thrown; the work is awaited by the caller, so that a call that waits holds little.</summary>
    /// <exception cref="RpcException">The request is refused.</exception>
    public async ValueTask<Task> BeginAsync(HttpContext context, Principal caller)
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
                return Task.CompletedTask;
            }
            var envelope = EnvelopeReader.Read(body.Bytes);
            if (legacy is not null && !IsModern(version, envelope.Meta.ProtocolVersion))
                return legacy.PostAsync(context, caller, envelope, accepts, version, Hand(ref body));
            if (!IsRequest(context, envelope))
                return Task.CompletedTask;
            if (envelope.Method != RequestMethods.SubscriptionsListen)
                return AnswerAsync(context, caller, envelope, accepts, Hand(ref body));
            await listen.ServeAsync(context, caller, envelope, accepts);
            return Task.CompletedTask;
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

    /// <summary>Checks a message of the stateless revision; false for a notification, which is all there is to it.</summary>
    private bool IsRequest(HttpContext context, Envelope envelope)
    {
        if (envelope.Kind == MessageKind.Response)
            throw RpcException.InvalidRequest("This revision has no requests from the server, and so no responses to it.");
        if (envelope.Kind == MessageKind.Notification)
        {
            if (!envelope.Method.StartsWith("notifications/", StringComparison.Ordinal))
                throw RpcException.InvalidRequest($"'{envelope.Method}' is not a notification: give it an id.");
            HeaderRules.CheckNotification(envelope, context.Request.Headers);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return false;
        }
        try
        {
            rules.Check(envelope, context.Request.Headers);
            return true;
        }
        catch (RpcException e)
        {
            throw e.WithId(envelope);
        }
    }

    private async Task AnswerAsync(HttpContext context, Principal caller, Envelope envelope, Accepts accepts, RequestBody body)
    {
        using (body)
        using (var httpReply = new HttpReply(context, accepts, resumption: null, quiet))
        using (var call = new ModernChannel(new CallOrigin(envelope, caller, new HttpSource(context), httpReply), seal, time, options.CallTimeout))
        using (var reply = ReplyBuffer.Rent())
        {
            var work = dispatcher.DispatchAsync(call, reply);
            if (!work.IsCompleted)
                httpReply.Wait();
            await httpReply.FinishAsync(reply, await work);
        }
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
