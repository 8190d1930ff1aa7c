using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Legacy;

/// <summary><c>DELETE /mcp</c>: ends a legacy session for good.</summary>
internal sealed class McpDelete(LegacySessions sessions, IMesh mesh, Refusals refusals)
{
    public async Task HandleAsync(HttpContext context, Principal caller)
    {
        if (!context.Request.Headers.ContainsKey(RequestHeaders.SessionId))
        {
            context.Response.Headers.Allow = "POST";
            throw RpcException.InvalidRequest("DELETE needs a session (Mcp-Session-Id).", 405);
        }
        try
        {
            await mesh.Memories.EndAsync(await sessions.RequireAsync(context.Request.Headers, caller));
        }
        catch (RpcException refusal) when (refusal.Rule is { } rule)
        {
            refusals.Record(context, refusal.HttpStatus, rule, caller.Name);
            throw;
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
