using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Scenarios.Cluster;

/// <summary>What silos and gateways know each other by, made anew.</summary>
/// <param name="Authority">The authority's certificate, PEM.</param>
/// <param name="Silo">What silos have: it names their role.</param>
/// <param name="Gateway">What gateways have.</param>
internal sealed record Certificates(string Authority, CertificatePair Silo, CertificatePair Gateway)
{
    /// <summary>An authority that nobody has heard of, and certificates of it.</summary>
    public static Certificates Create()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=another authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return new Certificates(authority.ExportCertificatePem(), Issue(authority, "granary-silo", now), Issue(authority, "granary-gateway", now));
    }

    private static CertificatePair Issue(X509Certificate2 authority, string role, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=granary", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(role);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, now.AddHours(-1), now.AddHours(1), RandomNumberGenerator.GetBytes(16));
        return new CertificatePair(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}

/// <summary>A certificate and its private key, PEM.</summary>
internal sealed record CertificatePair(string Certificate, string Key)
{
    /// <summary>As a caller presents it.</summary>
    public X509Certificate2 Open() => X509Certificate2.CreateFromPem(Certificate, Key);
}
