using Granary.Tenants;

namespace Granary.Gateway.Invocation;

/// <summary>Tells every client that listens, on any transport and revision, that something changed.</summary>
public interface IChanges
{
    /// <summary>The list of tools changed.</summary>
    void ToolsChanged();

    /// <summary>The list of prompts changed.</summary>
    void PromptsChanged();

    /// <summary>The list of resources changed.</summary>
    void ResourcesChanged();

    /// <summary>A resource of one tenant changed; only that tenant's subscribers hear of it.</summary>
    void ResourceUpdated(TenantId tenant, string uri);
}
