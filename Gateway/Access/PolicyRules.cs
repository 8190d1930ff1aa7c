
namespace Granary.Gateway.Access;

/// <summary>What a policy says of a tenant or of one of its callers: what is forbidden, and, where there is such a list, what alone is allowed.</summary>
internal sealed class PolicyRules(IReadOnlyList<ScopeRule>? allow, IReadOnlyList<ScopeRule> deny)
{
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
