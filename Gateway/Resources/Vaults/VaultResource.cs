using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Messages;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Resources.Vaults;

/// <summary>
/// One resource that every vault has, under one path of <c>vault://{name}/</c>. It follows the vault's log: subscribers are notified of
/// every append.
/// </summary>
internal abstract class VaultResource(ITenants tenants, string path, string title, string description, string mimeType) : IResources
{
    public bool IsPrivate => true;

    public IReadOnlyList<string> Categories { get; } = ["vault"];

    public string? Scope => Scopes.VaultRead;

    private static CallTarget Target { get; } = CallTarget.Of(Scopes.VaultRead);

    public IReadOnlyList<ResourceTemplate> Templates { get; } =
    [
        new() { UriTemplate = $"vault://{{name}}/{path}", Name = $"vault-{path}", Title = title, Description = description, MimeType = mimeType },
    ];

    /// <summary>Whether it is listed for each of the tenant's vaults; it is a template in any case.</summary>
    protected virtual bool IsListed => false;

    public async ValueTask<ResourcePage> ListAsync(ResourceCall call, string? after, int limit)
    {
        if (!IsListed || !call.Allows(Target))
            return ResourcePage.Empty;
        var listing = new VaultListing { After = After(after), Limit = limit };
        var page = await tenants.ListVaultsAsync(call.Tenant, listing, call.Cancellation);
        return new ResourcePage(
            [.. page.Vaults.Where(v => call.Allows(Target with { Vault = v.Value })).Select(
                v => new Resource { Uri = VaultUri.Make(v, path), Name = v.Value, Title = v.Value, Description = title, MimeType = mimeType })],
            page.Next?.Value);
    }

    public async ValueTask<ReadResourceResult?> ReadAsync(ResourceCall call)
    {
        if (!TryMatch(call.Uri, out var name))
            return null;
        call.Require(Target with { Vault = name.Value });
        try
        {
            var text = await ReadAsync(call.VaultOf(tenants, name, Target), call.Cancellation);
            return new ReadResourceResult { Contents = [new TextResourceContents { Uri = call.Uri, MimeType = mimeType, Text = PairEscapes.Resolve(text) }] };
        }
        catch (TenantException e) when (e.Failure == TenantFailure.NotFound)
        {
            return null;
        }
    }

    public ValueTask<IReadOnlyList<string>> CompleteAsync(string template, CompletionCall call) => VaultCompletion.CompleteAsync(tenants, call);

    public bool CanSubscribe(string uri) => TryMatch(uri, out _);

    public string? VaultOf(string uri) => TryMatch(uri, out var name) ? name.Value : null;

    public string Canonicalize(string uri) => TryMatch(uri, out var name) ? VaultUri.Make(name, path) : uri;

    public IEnumerable<string> ChangedBy(VaultName vault) => [VaultUri.Make(vault, path)];

    /// <summary>The resource's text as it is now.</summary>
    protected abstract Task<string> ReadAsync(IVault vault, CancellationToken cancellation);

    private static VaultName? After(string? cursor)
    {
        if (cursor is null)
            return null;
        return VaultName.TryParse(cursor, out var name, out _) ? name : throw RpcException.InvalidCursor();
    }

    private bool TryMatch(string uri, out VaultName name) => VaultUri.TryParse(uri, out name, out var found) && found == path;
}
