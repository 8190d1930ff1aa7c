using Granary.Gateway.Configuration;

namespace Granary.Gateway.Access;

/// <summary>
/// What <c>WWW-Authenticate</c> says (RFC 6750, RFC 9728, MCP authorization). Where access tokens are accepted, every challenge names the metadata
/// by which a client finds an authorization server.
/// </summary>
internal sealed class Challenges
{
    private readonly string _start = "Bearer realm=\"granary\"";
    private readonly string? _metadata;
    private readonly string? _scope;

    /// <param name="options">Whether there are issuers, and this server's address.</param>
    /// <param name="scope">What a client that is not known yet should ask for; null where there are no issuers.</param>
    public Challenges(GatewayOptions options, string? scope = null)
    {
        if (options.IssuersFile is null)
            return;
        _metadata = $", resource_metadata=\"{ResourceAddress.Of(options).Metadata}\"";
        _scope = scope;
    }

    /// <summary>The challenge of a request that was not let in.</summary>
    /// <param name="error">RFC 6750's code; null where there was no credential.</param>
    public string NotAuthenticated(string? error) => Join(error, _scope);

    /// <summary>The challenge of a call that needs more than the caller was granted.</summary>
    /// <param name="scopes">All that the call needs, separated by spaces.</param>
    public string InsufficientScope(string scopes) => Join("insufficient_scope", scopes);

    private string Join(string? error, string? scope) =>
        $"{_start}{(error is null ? "" : $", error=\"{error}\"")}{(scope is null ? "" : $", scope=\"{scope}\"")}{_metadata}";
}
