using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Instana.Connections;

namespace Granary.Instana.Http;

/// <summary>
/// The sockets. One handler for all connections of a process: it pools by host, bounds the sockets of each host, closes what is
/// idle, and keeps no cookies, so that two credentials can share a socket but never an identity.
/// </summary>
public sealed class InstanaTransport : IDisposable
{
    private readonly HttpMessageInvoker _invoker;

    internal InstanaTransport(HttpMessageHandler handler) => _invoker = new HttpMessageInvoker(handler);

    /// <summary>Opens the transport; <paramref name="problem"/> is a sentence for the operator when the CA bundle cannot be used.</summary>
    public static bool TryCreate(
        InstanaOptions options, [NotNullWhen(true)] out InstanaTransport? transport, [NotNullWhen(false)] out string? problem)
    {
        transport = null;
        if (!TryTls(options, out var tls, out problem))
            return false;
        transport = new InstanaTransport(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConnectionsPerHost,
            PooledConnectionLifetime = options.PooledConnectionLifetime,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 64,
            // Aborting the socket is cheaper than reading the rest of an unwanted answer.
            MaxResponseDrainSize = 0,
            SslOptions = tls,
        });
        return true;
    }

    /// <inheritdoc />
    public void Dispose() => _invoker.Dispose();

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellation) =>
        _invoker.SendAsync(message, cancellation);

    [SuppressMessage("Security", "CA5359", Justification = "An operator turned verification off with INSTANA_SSL_VERIFY=false.")]
    private static bool TryTls(InstanaOptions options, out SslClientAuthenticationOptions tls, [NotNullWhen(false)] out string? problem)
    {
        tls = new SslClientAuthenticationOptions();
        problem = null;
        if (!options.VerifyTls)
        {
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
            return true;
        }
        if (options.CaBundle is null)
            return true;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPem(options.CaBundle);
        }
        catch (CryptographicException e)
        {
            problem = $"INSTANA_CA_BUNDLE cannot be read as PEM: {e.Message}";
            return false;
        }
        if (policy.CustomTrustStore.Count == 0)
        {
            problem = "INSTANA_CA_BUNDLE holds no certificate in PEM form.";
            return false;
        }
        tls.CertificateChainPolicy = policy;
        return true;
    }
}
