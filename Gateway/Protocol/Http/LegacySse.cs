using System.Collections.Concurrent;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;
using Granary.Gateway.Protocol.Channels;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Push;
using Microsoft.AspNetCore.Http;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// The HTTP+SSE transport of 2024-11-05: <c>GET /sse</c> opens a stream and names the address to post to, every answer comes back on the
/// stream. A session is its open stream: it ends with it, and only its own caller may post to it.
/// </summary>
internal sealed class LegacySse(GatewayOptions options, GatewayState state, ChangeHub hub, ConversationFactory conversations)
{
    private const int MaxStreams = 10_000;

    private readonly ConcurrentDictionary<string, SseConversation> _open = new(StringComparer.Ordinal);

    public async Task StreamAsync(HttpContext context, Principal caller)
    {
        if (_open.Count >= MaxStreams)
            throw RpcException.InvalidRequest("Too many event streams are open; try again later.", StatusCodes.Status503ServiceUnavailable);
        var id = Guid.NewGuid().ToString();
        var writer = await SseWriter.StartAsync(context.Response);
        var conversation = new SseConversation(caller, conversations.Create(caller, new SseSink(writer), new HttpSource(context)));
        _open[id] = conversation;
        try
        {
            using var listener = hub.Listen(change => conversation.Conversation.Wants(change));
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, state.Stopping);
            await writer.EventAsync(System.Text.Encoding.ASCII.GetBytes($"/message?session_id={id}"), name: "endpoint");
            await PushLoop.RunAsync(listener, writer, change => ChangeMessages.Make(change, null), "message", options.KeepAlive, ended.Token);
        }
        finally
        {
            _open.TryRemove(id, out _);
            await conversation.Conversation.CloseAsync();
        }
    }

    public async Task MessageAsync(HttpContext context, Principal caller)
    {
        var id = context.Request.Query["session_id"].ToString();
        if (!_open.TryGetValue(id, out var found) || found.Caller.Tenant != caller.Tenant || found.Caller.Name != caller.Name)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "session_not_found");
            return;
        }
        RequestBody? body = null;
        try
        {
            body = await RequestBody.ReadAsync(context.Request, options.MaxBodyBytes);
            // The conversation keeps the message until it is answered, which is after this request.
            found.Conversation.Accept(body.Bytes.ToArray());
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        catch (RpcException e)
        {
            await RefuseAsync(context, e.HttpStatus == StatusCodes.Status413PayloadTooLarge ? e.HttpStatus : StatusCodes.Status400BadRequest, "invalid_request");
        }
        finally
        {
            body?.Dispose();
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string error)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["error"] = error }, ErrorJson.Default.DictionaryStringString);
    }

    private sealed record SseConversation(Principal Caller, Conversation Conversation);

    private sealed class SseSink(SseWriter writer) : IMessageSink
    {
        public bool CanSend => true;

        public async ValueTask SendAsync(byte[] message) => await writer.EventAsync(message, name: "message");

        public ValueTask CloseEarlyAsync(TimeSpan retryAfter) => default;
    }
}
