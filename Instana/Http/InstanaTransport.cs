using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Instana.Connections;

namespace Granary.Instana.Http;

/// <summary>
/// The sockets. Two handlers for all connections of a process, one for the hosts that an operator named and one for those that a pattern allows: they pool by host, bound
/// the sockets of each host, close what is idle, and keep no cookies, so that two credentials can share a socket but never an identity. Proxies are those of
/// <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c> and <c>NO_PROXY</c>.
/// </summary>
public sealed class InstanaTransport : IDisposable
{
    private readonly HttpMessageInvoker _named;
    private readonly HttpMessageInvoker _matched;

    internal InstanaTransport(HttpMessageHandler handler) : this(handler, handler)
    {
    }

    private InstanaTransport(HttpMessageHandler named, HttpMessageHandler matched) =>
        (_named, _matched) = (new HttpMessageInvoker(named), new HttpMessageInvoker(matched));

    /// <summary>Opens the transport; <paramref name="problem"/> is a sentence for the operator when the CA bundle cannot be used.</summary>
    public static bool TryCreate(
        InstanaOptions options, [NotNullWhen(true)] out InstanaTransport? transport, [NotNullWhen(false)] out string? problem) =>
        TryCreate(options, Dns.GetHostAddressesAsync, out transport, out problem);

    internal static bool TryCreate(
        InstanaOptions options,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        [NotNullWhen(true)] out InstanaTransport? transport,
        [NotNullWhen(false)] out string? problem)
    {
        transport = null;
        if (!TryTls(options, out var tls, out problem))
            return false;
        transport = new InstanaTransport(
            Handler(options, tls, CheckedConnect.Create(resolve, AddressRules.AllowsForName)),
            Handler(options, tls, CheckedConnect.Create(resolve, address => AddressRules.AllowsForPattern(address, options.AllowedNetworks))));
        return true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _named.Dispose();
        _matched.Dispose();
    }

    /// <param name="message">The request.</param>
    /// <param name="isNamed">Whether an operator named its host; else a pattern allows it, and its addresses are held to more.</param>
    /// <param name="cancellation">Gives up.</param>
    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, bool isNamed, CancellationToken cancellation) =>
        (isNamed ? _named : _matched).SendAsync(message, cancellation);

    private static SocketsHttpHandler Handler(
        InstanaOptions options, SslClientAuthenticationOptions tls, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectCallback = connect,
        ConnectTimeout = options.ConnectTimeout,
        MaxConnectionsPerServer = options.MaxConnectionsPerHost,
        PooledConnectionLifetime = options.PooledConnectionLifetime,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        MaxResponseHeadersLength = 64,
        // Aborting the socket is cheaper than reading the rest of an unwanted answer.
        MaxResponseDrainSize = 0,
        SslOptions = tls,
    };

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
        tls.RemoteCertificateValidationCallback = CertificateCheck.Accept;
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
