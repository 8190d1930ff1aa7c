using Granary.Hosting.Configuration;

namespace Granary.Gateway.Configuration;

/// <summary>The port that speaks TLS, and whether clients may prove themselves there with a certificate.</summary>
/// <param name="Port">The TCP port; 0 takes a free one.</param>
/// <param name="CertificateFile">PEM file with the server's certificate and those between it and its authority.</param>
/// <param name="KeyFile">PEM file with its private key.</param>
public sealed record TlsSettings(int Port, string CertificateFile, string KeyFile)
{
    /// <summary>Whether clients are asked for a certificate; one that has none may bring a key or a token.</summary>
    public bool AsksForCertificates { get; init; }

    /// <summary>PEM file with the authorities that issue clients' certificates; null where only self-signed ones are accepted.</summary>
    public string? ClientAuthorities { get; init; }

    /// <summary>Reads the settings; null where no port is set.</summary>
    /// <param name="settings">Where they are.</param>
    /// <param name="apiKeyFile">The key file, which says whose a certificate is.</param>
    /// <exception cref="InvalidDataException">Something is missing; the message says what.</exception>
    internal static TlsSettings? Read(Settings settings, string? apiKeyFile)
    {
        var port = settings.Number("GRANARY_TLS_PORT", 0, 0, 65535);
        var (certificate, key) = (settings.Text("GRANARY_TLS_CERT"), settings.Text("GRANARY_TLS_KEY"));
        var (asks, authorities) = (settings.Flag("GRANARY_CLIENT_CERTIFICATES", false), settings.Text("GRANARY_CLIENT_CA"));
        if (port == 0)
        {
            return certificate is null && key is null && !asks && authorities is null
                ? null
                : throw new InvalidDataException("GRANARY_TLS_CERT, GRANARY_TLS_KEY, GRANARY_CLIENT_CERTIFICATES and GRANARY_CLIENT_CA need GRANARY_TLS_PORT: the port that speaks TLS, for example 8443.");
        }
        if (certificate is null || key is null)
            throw new InvalidDataException("GRANARY_TLS_PORT needs GRANARY_TLS_CERT and GRANARY_TLS_KEY: PEM files with the server's certificate and its private key.");
        if (asks && apiKeyFile is null)
            throw new InvalidDataException("GRANARY_CLIENT_CERTIFICATES needs --api-keys (GRANARY_API_KEYS): the key file says whose a client's certificate is; 'keys add --certificate' puts one in.");
        if (authorities is not null && !asks)
            throw new InvalidDataException("GRANARY_CLIENT_CA needs GRANARY_CLIENT_CERTIFICATES=true: without it, clients are asked for no certificate.");
        return new TlsSettings(port, certificate, key) { AsksForCertificates = asks, ClientAuthorities = authorities };
    }
}
