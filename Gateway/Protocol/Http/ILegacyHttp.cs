using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Http;

/// <summary>What revisions until 2025-11-25 need of HTTP. A gateway without it serves 2026-07-28 only.</summary>
internal interface ILegacyHttp
{
    /// <summary>Serves one message of <c>POST /mcp</c>, and disposes its body once the work on it is done.</summary>
    Task PostAsync(HttpContext context, Principal caller, Envelope envelope, Accepts accepts, string? version, RequestBody body);

    /// <summary>Serves a <c>POST /mcp</c> whose body is an array.</summary>
    Task PostBatchAsync(HttpContext context, Principal caller, ReadOnlyMemory<byte> body, Accepts accepts, string? version);

    /// <summary>Serves <c>GET /mcp</c>.</summary>
    Task GetAsync(HttpContext context, Principal caller);

    /// <summary>Serves <c>DELETE /mcp</c>.</summary>
    Task DeleteAsync(HttpContext context, Principal caller);

    /// <summary>Puts the endpoints on their URLs that only these revisions have.</summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="serve">Decides access and answers errors around a handler.</param>
    void Map(IEndpointRouteBuilder endpoints, Func<HttpContext, Func<HttpContext, Principal, Task>, Task> serve);
}
