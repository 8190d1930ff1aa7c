using Granary.Tenants;

namespace Granary.Gateway.Access;

/// <summary>What a caller was granted, made of its scopes once. Most scopes are not narrowed, and cost a test of two bits.</summary>
internal sealed class Grants
{
    private readonly AccessRights _vault;
    private readonly AccessRights _instana;
    private readonly ScopeRule[] _narrowed;

    public Grants(IEnumerable<string> scopes)
    {
        var narrowed = new List<ScopeRule>();
        foreach (var scope in scopes)
        {
            if (!ScopeRule.TryParse(scope, isPolicy: false, out var rule, out _))
                continue;
            var rights = ScopeRule.Including(rule.Right);
            if (rule.Family == ScopeFamily.All)
                (_vault, _instana) = (AccessRights.All, AccessRights.All);
            else if (rule is { Family: ScopeFamily.Vault, Pattern: null })
                _vault |= rights;
            else if (rule.Family == ScopeFamily.Instana)
                _instana |= rights;
            else
                narrowed.Add(rule);
        }
        _narrowed = [.. narrowed];
    }

    public bool Cover(in CallTarget call)
    {
        if (((call.Family == ScopeFamily.Vault ? _vault : _instana) & call.Needs) != 0)
            return true;
        foreach (var rule in _narrowed)
        {
            if (rule.Grants(call))
                return true;
        }
        return false;
    }
}
