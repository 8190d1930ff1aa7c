using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Protocol.Sessions;
using Microsoft.AspNetCore.Http;

namespace Granary.Gateway.Protocol.Http;

/// <summary><c>DELETE /mcp</c>: ends a legacy session for good.</summary>
internal sealed class McpDelete(LegacySessions sessions, SessionStates states)
{
    public Task HandleAsync(HttpContext context, Principal caller)
    {
        if (!context.Request.Headers.ContainsKey(RequestHeaders.SessionId))
        {
            context.Response.Headers.Allow = "POST";
            throw RpcException.InvalidRequest("DELETE needs a session (Mcp-Session-Id).", 405);
        }
        states.Terminate(sessions.Require(context.Request.Headers, caller));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
