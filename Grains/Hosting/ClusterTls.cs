using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Hosting.Configuration;
using Orleans.Connections.Security;

namespace Granary.Grains.Hosting;

/// <summary>Mutual TLS between the processes of a cluster: each has a certificate of one authority, and speaks to nobody without one.</summary>
public sealed class ClusterTls
{
    private const string CertificateVariable = "GRANARY_CLUSTER_TLS_CERT";
    private const string KeyVariable = "GRANARY_CLUSTER_TLS_KEY";
    private const string AuthorityVariable = "GRANARY_CLUSTER_TLS_CA";

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authorities;

    private ClusterTls(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        _certificate = certificate;
        _authorities = authorities;
    }

    /// <summary>Reads the three PEM files; null where none is named.</summary>
    /// <exception cref="InvalidDataException">Only some are named, or a file cannot be used.</exception>
    public static ClusterTls? Read(Settings settings)
    {
        var (certificate, key, authority) = (settings.Text(CertificateVariable), settings.Text(KeyVariable), settings.Text(AuthorityVariable));
        if (certificate is null && key is null && authority is null)
            return null;
        if (certificate is null || key is null || authority is null)
            throw new InvalidDataException($"TLS between the processes needs {CertificateVariable}, {KeyVariable} and {AuthorityVariable}: three PEM files.");
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(authority);
            return new ClusterTls(X509Certificate2.CreateFromPemFile(certificate, key), authorities);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"The files of {CertificateVariable}, {KeyVariable} and {AuthorityVariable} cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>Applies to silos and to clients alike.</summary>
    public void Apply(TlsOptions options)
    {
        options.LocalCertificate = _certificate;
        options.LocalClientCertificateSelector = (_, _, _, _, _) => _certificate;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (remote, _, _) => IsOfTheCluster(remote);
        // Processes are named by addresses that change; what counts is who signed for them.
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = "granary";
    }

    private bool IsOfTheCluster(X509Certificate2 remote)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(remote);
    }
}
