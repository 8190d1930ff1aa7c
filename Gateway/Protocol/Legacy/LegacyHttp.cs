using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy.Sse;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Legacy;

/// <summary>The HTTP of revisions until 2025-11-25: sessions on <c>/mcp</c>, and HTTP+SSE on <c>/sse</c> and <c>/message</c>.</summary>
internal sealed class LegacyHttp(LegacyPost post, McpGet get, McpDelete delete, LegacySse sse) : ILegacyHttp
{
    public Task PostAsync(HttpContext context, Principal caller, Envelope envelope, Accepts accepts, string? version, RequestBody body) =>
        post.HandleAsync(context, caller, envelope, accepts, version, body);

    public Task PostBatchAsync(HttpContext context, Principal caller, ReadOnlyMemory<byte> body, Accepts accepts, string? version) =>
        post.HandleBatchAsync(context, caller, body, accepts, version);

    public Task GetAsync(HttpContext context, Principal caller) => get.HandleAsync(context, caller);

    public Task DeleteAsync(HttpContext context, Principal caller) => delete.HandleAsync(context, caller);

    public void Map(IEndpointRouteBuilder endpoints, Func<HttpContext, Func<HttpContext, Principal, Task>, Task> serve)
    {
        endpoints.MapGet("/sse", context => serve(context, sse.StreamAsync));
        endpoints.MapPost("/message", context => serve(context, sse.MessageAsync));
        endpoints.MapPost("/messages", context => serve(context, sse.MessageAsync));
    }
}
