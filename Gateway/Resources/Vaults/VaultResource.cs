using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Methods;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Resources.Vaults;

/// <summary>
/// One resource that every vault has, under one path of <c>vault://{name}/</c>. It follows the vault's log: whoever subscribed hears of
/// every append. Vaults cannot be enumerated, so it is listed as a template only.
/// </summary>
internal abstract class VaultResource(ITenants tenants, string path, string title, string description, string mimeType) : IResources
{
    public bool IsPrivate => true;

    public IReadOnlyList<string> Categories { get; } = ["vault"];

    public string? Scope => Scopes.VaultRead;

    public IReadOnlyList<ResourceTemplate> Templates { get; } =
    [
        new() { UriTemplate = $"vault://{{name}}/{path}", Name = $"vault-{path}", Title = title, Description = description, MimeType = mimeType },
    ];

    public ValueTask<IReadOnlyList<Resource>> ListAsync(ResourceCall call) => new([]);

    public async ValueTask<ReadResourceResult?> ReadAsync(ResourceCall call)
    {
        if (!TryMatch(call.Uri, out var name))
            return null;
        ScopeCheck.Require(call.Caller, Scope);
        try
        {
            var text = await ReadAsync(tenants.Vault(call.Tenant, name), call.Cancellation);
            return new ReadResourceResult { Contents = [new TextResourceContents { Uri = call.Uri, MimeType = mimeType, Text = text }] };
        }
        catch (TenantException e) when (e.Failure == TenantFailure.NotFound)
        {
            return null;
        }
    }

    public bool CanSubscribe(string uri) => TryMatch(uri, out _);

    public string Canonicalize(string uri) => TryMatch(uri, out var name) ? VaultUri.Make(name, path) : uri;

    public IEnumerable<string> ChangedBy(VaultName vault) => [VaultUri.Make(vault, path)];

    /// <summary>The resource's text as it is now.</summary>
    protected abstract Task<string> ReadAsync(IVault vault, CancellationToken cancellation);

    private bool TryMatch(string uri, out VaultName name) => VaultUri.TryParse(uri, out name, out var found) && found == path;
}
