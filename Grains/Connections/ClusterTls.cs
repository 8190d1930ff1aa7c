using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Hosting.Configuration;
using Granary.Vault.OutsideFiles;
using Orleans.Connections.Security;

namespace Granary.Grains.Connections;

/// <summary>
/// Mutual TLS between the processes of a cluster: each has a certificate of one authority, which names what it may be. A gateway's certificate opens no
/// silo's port for silos, and passes for no silo.
/// </summary>
/// <remarks>The role is a DNS name among the certificate's alternative names: <c>granary-silo</c>, <c>granary-gateway</c>, or both.</remarks>
public sealed class ClusterTls
{
    private const int MaxFile = 4 * 1024 * 1024;
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

    /// <summary>Whether this process' certificate names its role; only then roles are asked of others: versions before this one knew none.</summary>
    internal bool NamesRole { get; private init; }

    private bool AsksForRoles { get; init; }

    /// <summary>The alternative name of a role.</summary>
    public static string NameOf(ClusterRole role) => role == ClusterRole.Silo ? "granary-silo" : "granary-gateway";

    /// <summary>Reads the three PEM files; null where none is named.</summary>
    /// <param name="settings">Where they are named.</param>
    /// <param name="role">What this process is.</param>
    /// <param name="acceptsAnyRole">Whether certificates without a role are accepted even so.</param>
    /// <exception cref="InvalidDataException">Only some are named, or a file cannot be used.</exception>
    public static ClusterTls? Read(Settings settings, ClusterRole role, bool acceptsAnyRole = false)
    {
        var (certificate, key, authority) = (settings.Text(CertificateVariable), settings.Text(KeyVariable), settings.Text(AuthorityVariable));
        if (certificate is null && key is null && authority is null)
            return null;
        if (certificate is null || key is null || authority is null)
            throw new InvalidDataException($"TLS between the processes needs {CertificateVariable}, {KeyVariable} and {AuthorityVariable}: three PEM files.");
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(RegularFile.ReadText(authority, MaxFile));
            var own = X509Certificate2.CreateFromPem(RegularFile.ReadText(certificate, MaxFile), RegularFile.ReadText(key, MaxFile));
            var named = Names(own, role);
            return new ClusterTls(own, authorities) { NamesRole = named, AsksForRoles = named && !acceptsAnyRole };
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"The files of {CertificateVariable}, {KeyVariable} and {AuthorityVariable} cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>How to speak with processes of one role.</summary>
    internal TlsOptions For(ClusterRole peer) => new()
    {
        LocalCertificate = _certificate,
        LocalClientCertificateSelector = (_, _, _, _, _) => _certificate,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        ClientCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (remote, _, _) => IsTrusted(remote, peer),
        // Processes are named by addresses that change; what counts is who signed for them, and as what.
        OnAuthenticateAsClient = (_, client) => client.TargetHost = NameOf(peer),
    };

    internal bool IsTrusted(X509Certificate2 remote, ClusterRole role)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(remote) && (!AsksForRoles || Names(remote, role));
    }

    private static bool Names(X509Certificate2 certificate, ClusterRole role)
    {
        var name = NameOf(role);
        return certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .Any(names => names.EnumerateDnsNames().Contains(name, StringComparer.OrdinalIgnoreCase));
    }
}
