using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Access;

/// <summary>Refuses what a caller was not granted: 403 with the scope that is missing (RFC 6750, MCP authorization).</summary>
internal static class ScopeCheck
{
    public static void Require(Principal caller, string? scope)
    {
        if (scope is null || caller.Has(scope))
            return;
        throw new RpcException(RpcErrors.InvalidRequest, $"This needs the scope '{scope}', which the caller does not have.", 403)
        {
            NeededScopes = scope,
            Rule = $"scope {scope} is missing",
        };
    }
}
