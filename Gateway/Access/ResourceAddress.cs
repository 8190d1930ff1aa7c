using Granary.Gateway.Configuration;

namespace Granary.Gateway.Access;

/// <summary>This server's addresses as clients see them: what access tokens are made for, and where the metadata is.</summary>
internal sealed class ResourceAddress
{
    public const string WellKnown = "/.well-known/oauth-protected-resource";

    private static readonly string[] Endpoints = ["/mcp", "/sse", "/message"];

    private readonly string _base;
    private readonly string _path;

    private ResourceAddress(Uri address)
    {
        _path = address.AbsolutePath.TrimEnd('/');
        _base = address.GetLeftPart(UriPartial.Authority) + _path;
        Metadata = $"{address.GetLeftPart(UriPartial.Authority)}{WellKnown}{_path}/mcp";
    }

    /// <summary>The resource identifier: the URL of Streamable HTTP.</summary>
    public string Mcp => _base + "/mcp";

    /// <summary>The URL of the resource's metadata (RFC 9728, 3.1).</summary>
    public string Metadata { get; }

    /// <summary>The audiences of tokens for this server: each endpoint's URL, and the address they have in common.</summary>
    public IReadOnlyList<string> Audiences => [.. Endpoints.Select(e => _base + e), _base, _base + "/"];

    /// <exception cref="InvalidDataException">There is no address, or one that tokens cannot be made for.</exception>
    public static ResourceAddress Of(GatewayOptions options) => new(options.PublicUrl ?? throw new InvalidDataException(
        "--issuers needs --public-url (GRANARY_PUBLIC_URL): the address at which clients reach this gateway, without /mcp, for example https://granary.example.com. Access tokens are made for it."));

    /// <summary>The resource that a metadata path is about: the root one, or one with an endpoint's path behind it; null for any other.</summary>
    public string? ResourceOf(PathString suffix)
    {
        var path = suffix.Value?.TrimEnd('/') ?? "";
        if (path.Length == 0 || path == _path)
            return Mcp;
        if (_path.Length > 0 && path.StartsWith(_path + "/", StringComparison.Ordinal))
            path = path[_path.Length..];
        return Endpoints.Contains(path) ? _base + path : null;
    }
}
