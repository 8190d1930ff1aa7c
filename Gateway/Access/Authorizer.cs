using Granary.Gateway.Protocol.Messages;
using Granary.Tenants;

namespace Granary.Gateway.Access;

/// <summary>
/// The one place that decides what a caller may do: its scopes must grant a call, and the policy must permit it. It is asked twice where a call says only
/// in its arguments what it is about: first whether there is any such call that is allowed, then about the vault or the operation.
/// </summary>
internal sealed class Authorizer(Policy policy)
{
    /// <summary>Decides by scopes alone.</summary>
    public static Authorizer WithoutPolicy { get; } = new(Policy.None);

    /// <summary>Whether any two callers may be allowed different things: then what is listed depends on the caller.</summary>
    public bool Distinguishes { get; init; } = true;

    public bool Allows(Principal caller, in CallTarget call) => !IsReserved(call) && caller.Grants.Cover(call) && policy.Permits(caller, call);

    /// <summary>Whether it would write where only the server does.</summary>
    private static bool IsReserved(in CallTarget call) =>
        call.Family == ScopeFamily.Vault && call.Needs != AccessRights.Read && call.Vault == AuditVault.Name.Value;

    /// <summary>The rights to a vault that travel with a call to its silo, which checks them again.</summary>
    public AccessRights RightsTo(Principal caller, in CallTarget call)
    {
        var rights = AccessRights.None;
        foreach (var right in (ReadOnlySpan<AccessRights>)[AccessRights.Read, AccessRights.Append, AccessRights.Write, AccessRights.Admin])
        {
            if (Allows(caller, call with { Needs = right }))
                rights |= right;
        }
        return rights;
    }

    /// <exception cref="RpcException">403 with all scopes that the call needs, or with the sentence that the policy forbids it.</exception>
    public void Require(Principal caller, in CallTarget call)
    {
        if (!Allows(caller, call))
            throw Refusal(caller, [call]);
    }

    /// <summary>Requires several at once: the refusal names the scopes of all of them.</summary>
    /// <exception cref="RpcException">As above.</exception>
    public void RequireAll(Principal caller, params ReadOnlySpan<CallTarget> calls)
    {
        foreach (var call in calls)
        {
            if (!Allows(caller, call))
                throw Refusal(caller, calls);
        }
    }

    /// <summary>Why a call is refused. Another scope helps only where it is scopes that are missing.</summary>
    public static RpcException Refusal(Principal caller, ReadOnlySpan<CallTarget> calls)
    {
        var needed = new List<string>();
        var isMissing = false;
        foreach (var call in calls)
        {
            if (IsReserved(call))
            {
                return new RpcException(
                    RpcErrors.InvalidRequest, $"The vault '{AuditVault.Name}' holds the record of this tenant's calls: it is written by the server alone. Read it, verify it, export it.", 403)
                {
                    Rule = "audit vault",
                };
            }
            isMissing |= !caller.Grants.Cover(call);
            if (!needed.Contains(call.Scope))
                needed.Add(call.Scope);
        }
        if (!isMissing)
        {
            return new RpcException(RpcErrors.InvalidRequest, "The policy of this server does not permit this call; its operator can change that.", 403)
            {
                Rule = "policy",
            };
        }
        var vault = calls[0].Vault is { } name ? $" for the vault '{name}'" : "";
        return new RpcException(
            RpcErrors.InvalidRequest,
            needed.Count == 1
                ? $"This needs the scope '{needed[0]}'{vault}, which the caller does not have."
                : $"This needs the scopes {string.Join(" and ", needed.Select(s => $"'{s}'"))}, which the caller does not all have.",
            403)
        {
            NeededScopes = string.Join(' ', needed),
            Rule = $"scope {string.Join(' ', needed)} is missing",
        };
    }
}
