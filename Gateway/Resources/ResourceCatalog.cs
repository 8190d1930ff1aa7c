using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Resources;

/// <summary>All families of resources behind one look-up.</summary>
internal sealed class ResourceCatalog(IEnumerable<IResources> families, GatewayOptions options, Authorizer authorizer)
{
    private readonly List<IResources> _families =
        [.. families.Where(f => options.Selects(f.Categories)).OrderBy(f => f.GetType().FullName, StringComparer.Ordinal)];

    /// <summary>How many families there are to list.</summary>
    public int Families => _families.Count;

    /// <summary>True when any answer may depend on the tenant.</summary>
    public bool IsPrivate => _families.Exists(f => f.IsPrivate);

    public IReadOnlyList<ResourceTemplate> Templates => [.. _families.SelectMany(f => f.Templates).OrderBy(t => t.UriTemplate, StringComparer.Ordinal)];

    /// <summary>What using a template takes; null for nothing.</summary>
    public CallTarget? TargetOf(ResourceTemplate template) => FamilyOf(template.UriTemplate)?.Scope is { } scope ? CallTarget.Of(scope) : null;

    /// <summary>A page, and where the next one begins where there is one.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="from">Where the page begins.</param>
    /// <param name="size">At most so many.</param>
    public async ValueTask<(List<Resource> Page, ResourceCursor? Next)> ListAsync(ResourceCall call, ResourceCursor from, int size)
    {
        var page = new List<Resource>();
        var after = from.After;
        for (var family = from.Family; family < _families.Count; family++, after = null)
        {
            if (page.Count == size)
                return (page, new ResourceCursor(family, null));
            var part = await _families[family].ListAsync(call, after, size - page.Count);
            page.AddRange(part.Resources);
            if (part.Next is { } next)
                return (page, new ResourceCursor(family, next));
        }
        return (page, null);
    }

    /// <summary>Reads from the first family that knows the URI.</summary>
    public async ValueTask<(ReadResourceResult Result, IResources Family)?> ReadAsync(ResourceCall call)
    {
        foreach (var family in _families)
        {
            if (await family.ReadAsync(call) is { } result)
                return (result, family);
        }
        return null;
    }

    /// <summary>The family whose URI can be subscribed to; null when nobody tells of its changes.</summary>
    public IResources? Subscribable(string uri) => _families.Find(f => f.CanSubscribe(uri));

    /// <summary>Whether a caller may be told of changes of a resource.</summary>
    public bool MaySubscribe(Principal caller, IResources family, string uri) => TargetOf(family, uri) is not { } target || authorizer.Allows(caller, target);

    /// <exception cref="Protocol.Messages.RpcException">The caller may not.</exception>
    public void RequireSubscribing(Principal caller, IResources family, string uri)
    {
        if (TargetOf(family, uri) is { } target)
            authorizer.Require(caller, target);
    }

    private static CallTarget? TargetOf(IResources family, string uri) =>
        family.Scope is { } scope ? CallTarget.Of(scope) with { Vault = family.VaultOf(uri) } : null;

    /// <summary>The canonical URIs that may read differently once events were appended to a vault.</summary>
    public IEnumerable<string> ChangedBy(VaultName vault) => _families.SelectMany(f => f.ChangedBy(vault));

    public IResources? FamilyOf(string template) => _families.Find(f => f.Templates.Any(t => t.UriTemplate == template));
}
