
namespace Granary.Gateway.Access;

/// <summary>What a policy says of a tenant or of one of its callers: what is forbidden, and, where there is such a list, what alone is allowed.</summary>
internal sealed class PolicyRules(IReadOnlyList<ScopeRule>? allow, IReadOnlyList<ScopeRule> deny)
{
    /// <summary>The vaults whose logs everybody may read.</summary>
    public IReadOnlyList<ScopeRule> Public { get; init; } = [];

    /// <summary>Whether everybody may read a vault's log, which holds no events.</summary>
    public bool IsPublic(in CallTarget call)
    {
        foreach (var rule in Public)
        {
            if (rule.Grants(call))
                return Permits(call);
        }
        return false;
    }

    public bool Permits(in CallTarget call)
    {
        foreach (var rule in deny)
        {
            if (rule.Forbids(call))
                return false;
        }
        if (allow is null)
            return true;
        foreach (var rule in allow)
        {
            if (rule.Grants(call))
                return true;
        }
        return false;
    }
}
