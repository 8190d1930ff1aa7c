using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Stdio;

namespace Granary.Gateway.Protocol.Legacy.Sse;

/// <summary>
/// The HTTP+SSE transport of 2024-11-05: <c>GET /sse</c> opens a stream and names the address to post to, every answer comes back on the
/// stream. A session is its open stream: it ends with it, and only its own caller may post to it, through whichever gateway.
/// </summary>
internal sealed class LegacySse(
    GatewayOptions options,
    OpenStreams streams,
    ConversationFactory conversations,
    SseConversations open,
    IMesh mesh,
    TokenSeal ring)
{
    public async Task StreamAsync(HttpContext context, Principal caller)
    {
        var prefix = ForwardedPrefix.Of(context.Request, options.PathBase);
        using var stream = streams.Enter(context, caller);
        var address = SseAddress.Create(mesh.Self);
        var writer = await SseWriter.StartAsync(context.Response);
        var conversation = conversations.Create(caller, new SseSink(writer), new HttpSource(context));
        open.Add(address.Key, caller, conversation);
        try
        {
            using var listening = conversation.Listen()!;
            await writer.EventAsync(System.Text.Encoding.ASCII.GetBytes($"{prefix}/message?session_id={address.ToId(caller, ring)}"), name: "endpoint");
            await PushLoop.RunAsync(listening.Listener, writer, change => ChangeMessages.Make(change, null), "message", options.KeepAlive, stream.Ended);
            await FinishAsync(conversation, context.RequestAborted, caller.Revoked);
        }
        finally
        {
            open.Remove(address.Key);
            await conversation.CloseAsync();
        }
    }

    public async Task MessageAsync(HttpContext context, Principal caller)
    {
        if (SseAddress.Open(context.Request.Query["session_id"].ToString(), caller, ring) is not { } address
            || (address.Gateway == mesh.Self ? !open.Has(address.Key, caller) : address.Gateway.Length == 0))
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "session_not_found");
            return;
        }
        RequestBody? body = null;
        try
        {
            MediaTypes.RequireJson(context.Request.Headers);
            body = await RequestBody.ReadAsync(context.Request, options.MaxBodyBytes);
            await AnswerAsync(context, await DeliverAsync(address, body.Bytes));
        }
        catch (RpcException e)
        {
            await RefuseAsync(
                context,
                e.HttpStatus is StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType ? e.HttpStatus : StatusCodes.Status400BadRequest,
                e.HttpStatus == StatusCodes.Status415UnsupportedMediaType ? "unsupported_media_type" : "invalid_request");
        }
        finally
        {
            body?.Dispose();
        }
    }

    /// <summary>The gateway stops: what is under way is answered first, and may still ask the client.</summary>
    private async Task FinishAsync(Conversation conversation, CancellationToken aborted, CancellationToken revoked)
    {
        for (var waited = TimeSpan.Zero; conversation.Running > 0 && waited < options.ShutdownTimeout && !aborted.IsCancellationRequested && !revoked.IsCancellationRequested;)
        {
            await Task.Delay(20, CancellationToken.None);
            waited += TimeSpan.FromMilliseconds(20);
        }
    }

    // Locally the conversation keeps the message until it is answered, which is after this request.
    private ValueTask<Delivery> DeliverAsync(SseAddress address, ReadOnlyMemory<byte> message) =>
        address.Gateway == mesh.Self ? new(open.Deliver(address.Key, message.ToArray())) : mesh.DeliverAsync(address.Gateway, address.Key, message);

    private static Task AnswerAsync(HttpContext context, Delivery delivery)
    {
        switch (delivery)
        {
            case Delivery.Accepted:
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                return Task.CompletedTask;
            case Delivery.Invalid:
                return RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_request");
            case Delivery.NotFound:
                return RefuseAsync(context, StatusCodes.Status404NotFound, "session_not_found");
            default:
                return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "session_unreachable");
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string error)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["error"] = error }, ErrorJson.Default.DictionaryStringString);
    }

    private sealed class SseSink(SseWriter writer) : IMessageSink
    {
        public bool CanSend => true;

        public async ValueTask SendAsync(byte[] message) => await writer.EventAsync(message, name: "message");

        public ValueTask CloseEarlyAsync(TimeSpan retryAfter) => default;
    }
}
