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
            Challenge = Challenge(scope),
            Rule = $"scope {scope} is missing",
        };
    }

    /// <summary>What <c>WWW-Authenticate</c> says of a scope that is missing.</summary>
    public static string Challenge(string scope) => $"Bearer realm=\"granary\", error=\"insufficient_scope\", scope=\"{scope}\"";
}
