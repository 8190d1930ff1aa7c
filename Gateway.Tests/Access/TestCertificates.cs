using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Gateway.Tests.Access;

/// <summary>An authority in the test's own process, and what it issues.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch.AddYears(40);
    private static readonly DateTimeOffset To = DateTimeOffset.UnixEpoch.AddYears(80);
    private static readonly Oid ForClients = new("1.3.6.1.5.5.7.3.2");
    private static readonly Oid ForServers = new("1.3.6.1.5.5.7.3.1");

    private readonly X509Certificate2 _authority;

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(From, To);
    }

    public string Pem => _authority.ExportCertificatePem();

    public void Dispose() => _authority.Dispose();

    public X509Certificate2 Client(string? uri, string? dns = null, DateTimeOffset? until = null) => Issue(uri, dns, ForClients, until);

    public X509Certificate2 Server() => Issue(null, "localhost", ForServers, null);

    /// <summary>Signed by itself, whatever it says.</summary>
    public static X509Certificate2 SelfSigned(string? uri)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(key, uri, null, ForClients).CreateSelfSigned(From, To);
    }

    private X509Certificate2 Issue(string? uri, string? dns, Oid use, DateTimeOffset? until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Request(key, uri, dns, use).Create(_authority, From, until ?? To, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    private static CertificateRequest Request(ECDsa key, string? uri, string? dns, Oid use)
    {
        var request = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([use], false));
        var names = new SubjectAlternativeNameBuilder();
        if (uri is not null)
            names.AddUri(new Uri(uri));
        if (dns is not null)
            names.AddDnsName(dns);
        if (uri is not null || dns is not null)
            request.CertificateExtensions.Add(names.Build());
        return request;
    }
}
