using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Grains.Connections;
using Granary.Grains.Hosting;
using Granary.Hosting.Configuration;

namespace Granary.Grains.Tests.Connections;

/// <summary>What a process must be given before it joins a cluster, and what it is told otherwise.</summary>
public sealed class ClusterAccessSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-access-").FullName;
    private readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public ClusterAccessSettingsTests()
    {
        var request = new CertificateRequest("CN=authority", _authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), _authority.ExportCertificatePem());
    }

    public void Dispose()
    {
        _authority.Dispose();
        _authorityKey.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_cluster_without_secret_and_certificates_needs_a_flag_that_says_so()
    {
        var refused = Should.Throw<InvalidDataException>(() => Read(ClusterRole.Gateway)).Message;
        refused.ShouldContain("GRANARY_CLUSTER_SECRET");
        refused.ShouldContain("openssl rand -base64 32");
        refused.ShouldContain("GRANARY_CLUSTER_INSECURE=true");
        Read(ClusterRole.Gateway, ("GRANARY_CLUSTER_INSECURE", "true")).IsOpen.ShouldBeTrue();
        Read(ClusterRole.Silo, ("GRANARY_CLUSTER_SECRET", NewSecret())).IsOpen.ShouldBeFalse();
    }

    [Theory]
    [InlineData("short")]
    [InlineData("c2hvcnQ=")]
    [InlineData(",,\n")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,nonsense")]
    public void A_secret_that_is_none_is_refused_without_being_shown(string text)
    {
        var refused = Should.Throw<InvalidDataException>(() => Read(ClusterRole.Silo, ("GRANARY_CLUSTER_SECRET", text))).Message;
        refused.ShouldContain("GRANARY_CLUSTER_SECRET");
        refused.ShouldContain("32 bytes in Base64");
        refused.ShouldNotContain("nonsense");
    }

    [Fact]
    public void A_secret_comes_from_a_file_or_the_environment_but_not_from_both()
    {
        var file = Path.Combine(_folder, "secret");
        File.WriteAllText(file, $"# of the cluster\n{NewSecret()}\n{NewSecret()}\n");
        Read(ClusterRole.Silo, ("GRANARY_CLUSTER_SECRET_FILE", file)).Secret!.Count.ShouldBe(2);
        Should.Throw<InvalidDataException>(() => Read(ClusterRole.Silo, ("GRANARY_CLUSTER_SECRET_FILE", file), ("GRANARY_CLUSTER_SECRET", NewSecret())))
            .Message.ShouldContain("give one of them");
        Should.Throw<InvalidDataException>(() => Read(ClusterRole.Silo, ("GRANARY_CLUSTER_SECRET_FILE", file + "x"))).Message.ShouldContain("cannot be read");
    }

    [Theory]
    [InlineData("", ClusterRole.Silo, "DNS:granary-silo")]
    [InlineData("granary-silo", ClusterRole.Gateway, "DNS:granary-gateway")]
    [InlineData("granary", ClusterRole.Gateway, "DNS:granary-gateway")]
    public void A_certificate_says_what_its_process_may_be(string names, ClusterRole role, string expected) =>
        Should.Throw<InvalidDataException>(() => Read(role, Certificate(names))).Message.ShouldContain(expected);

    [Theory]
    [InlineData("granary-silo", ClusterRole.Silo, "granary-gateway", ClusterRole.Gateway, true)]
    [InlineData("granary-silo", ClusterRole.Silo, "granary-gateway", ClusterRole.Silo, false)]
    [InlineData("granary-gateway", ClusterRole.Gateway, "granary-gateway", ClusterRole.Silo, false)]
    [InlineData("granary-gateway", ClusterRole.Gateway, "granary-silo,granary-gateway", ClusterRole.Silo, true)]
    [InlineData("granary-silo", ClusterRole.Silo, "", ClusterRole.Gateway, false)]
    [InlineData("granary-silo", ClusterRole.Silo, "*", ClusterRole.Gateway, false)]
    public void A_peer_is_trusted_as_what_its_certificate_says(string own, ClusterRole role, string peer, ClusterRole asked, bool trusted)
    {
        using var remote = Issue(peer, out var key);
        key.Dispose();
        Read(role, Certificate(own)).Tls!.IsTrusted(remote, asked).ShouldBe(trusted);
        Read(role, [.. Certificate(own), ("GRANARY_CLUSTER_INSECURE", "true")]).Tls!.IsTrusted(remote, asked).ShouldBeTrue();
    }

    [Fact]
    public void A_certificate_of_another_authority_is_no_ones()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("granary-gateway");
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var forged = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        foreach (var open in (string[])["false", "true"])
            Read(ClusterRole.Silo, [.. Certificate("granary-silo"), ("GRANARY_CLUSTER_INSECURE", open)]).Tls!.IsTrusted(forged, ClusterRole.Gateway).ShouldBeFalse();
    }

    private static ClusterSettings Read(ClusterRole role, params (string Name, string Value)[] environment) => ClusterSettings.Read(
        new Settings(name => name == "GRANARY_REDIS" ? "127.0.0.1:1" : environment.FirstOrDefault(e => e.Name == name).Value), role);

    private static string NewSecret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private (string Name, string Value)[] Certificate(string names)
    {
        var (certificate, key) = (Path.Combine(_folder, "own.pem"), Path.Combine(_folder, "own.key"));
        using var issued = Issue(names, out var issuedKey);
        File.WriteAllText(certificate, issued.ExportCertificatePem());
        File.WriteAllText(key, issuedKey.ExportPkcs8PrivateKeyPem());
        issuedKey.Dispose();
        return [("GRANARY_CLUSTER_TLS_CERT", certificate), ("GRANARY_CLUSTER_TLS_KEY", key), ("GRANARY_CLUSTER_TLS_CA", Path.Combine(_folder, "ca.pem"))];
    }

    private X509Certificate2 Issue(string names, out ECDsa key)
    {
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=granary-silo", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries))
            alternatives.AddDnsName(name);
        if (names.Length > 0)
            request.CertificateExtensions.Add(alternatives.Build());
        return request.Create(_authority, DateTimeOffset.UnixEpoch.AddYears(51), DateTimeOffset.UnixEpoch.AddYears(99), RandomNumberGenerator.GetBytes(16));
    }
}
