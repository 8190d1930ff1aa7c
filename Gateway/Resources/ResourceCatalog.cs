using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Resources;

/// <summary>All families of resources behind one look-up.</summary>
internal sealed class ResourceCatalog(IEnumerable<IResources> families)
{
    private readonly List<IResources> _families = [.. families.OrderBy(f => f.GetType().FullName, StringComparer.Ordinal)];

    /// <summary>True when any answer may depend on the tenant.</summary>
    public bool IsPrivate => _families.Exists(f => f.IsPrivate);

    public IReadOnlyList<ResourceTemplate> Templates => [.. _families.SelectMany(f => f.Templates).OrderBy(t => t.UriTemplate, StringComparer.Ordinal)];

    public async ValueTask<IReadOnlyList<Resource>> ListAsync(ResourceCall call)
    {
        var all = new List<Resource>();
        foreach (var family in _families)
            all.AddRange(await family.ListAsync(call));
        return all;
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

    public bool CanSubscribe(string uri) => _families.Exists(f => f.CanSubscribe(uri));

    public IResources? FamilyOf(string template) => _families.Find(f => f.Templates.Any(t => t.UriTemplate == template));
}
