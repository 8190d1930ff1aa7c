using Granary.Vault.OutsideFiles;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Access.Tokens;

/// <summary>
/// Where issuers' keys are read: over TLS without redirects, at most half a megabyte and ten seconds for each document, or from a file.
/// </summary>
internal sealed class KeySource : IDocumentRetriever, IDisposable
{
    private const int MaxBytes = 512 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = MaxBytes,
    };

    public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
    {
        if (!Issuer.IsSafe(address))
            throw new InvalidDataException("its metadata names an address that is not https.");
        using var response = await _client.GetAsync(new Uri(address), cancel);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsStringAsync(cancel)
            : throw new InvalidDataException($"it answered with status {(int)response.StatusCode}.");
    }

    /// <summary>An issuer's keys as they are now.</summary>
    public Task<OpenIdConnectConfiguration> FetchAsync(Issuer issuer, CancellationToken cancel) => issuer.Keys is { } file
        ? Task.FromResult(Read(file))
        : OpenIdConnectConfigurationRetriever.GetAsync(issuer.Metadata ?? issuer.Address.TrimEnd('/') + "/.well-known/openid-configuration", this, cancel);

    public void Dispose() => _client.Dispose();

    private static OpenIdConnectConfiguration Read(string file)
    {
        var configuration = new OpenIdConnectConfiguration { JsonWebKeySet = new JsonWebKeySet(RegularFile.ReadText(file, MaxBytes)) };
        foreach (var key in configuration.JsonWebKeySet.GetSigningKeys())
            configuration.SigningKeys.Add(key);
        return configuration;
    }
}
