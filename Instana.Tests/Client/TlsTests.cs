using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Instana.Client;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Granary.Instana.Tests.Support;
using Granary.Simulator.Setup;

namespace Granary.Instana.Tests.Client;

public class TlsTests
{
    private const string LastHour = """{"time_range":"1h"}""";

    [Fact]
    public async Task An_unknown_certificate_is_refused_once_and_never_retried()
    {
        using var certificate = SelfSigned();
        await using var backend = await StartAsync(certificate, new InstanaOptions { Retry = new RetryOptions { MaxRetries = 3 } });
        var answer = await backend.AskAsync("get_events", LastHour);
        answer["code"].GetString().ShouldBe("certificate_not_trusted");
        answer["retryable"].GetBoolean().ShouldBeFalse();
        answer["details"].GetString()!.ShouldContain("INSTANA_CA_BUNDLE");
        backend.Host.Requests.Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_certificate_of_the_bundle_is_trusted_and_another_is_not()
    {
        using var certificate = SelfSigned();
        using var other = SelfSigned();
        var bundle = certificate.ExportCertificatePem();
        await using var trusted = await StartAsync(certificate, new InstanaOptions { CaBundle = bundle });
        (await trusted.AskAsync("get_events", LastHour)).IsError.ShouldBeFalse();
        await using var stranger = await StartAsync(other, new InstanaOptions { CaBundle = bundle });
        (await stranger.AskAsync("get_events", LastHour))["code"].GetString().ShouldBe("certificate_not_trusted");
    }

    [Theory]
    [InlineData("127.0.0.1", -1, "has expired")]
    [InlineData("127.0.0.2", 1, "is made for another host")]
    public async Task Why_a_trusted_authority_s_certificate_is_refused_is_said(string address, int daysLeft, string reason)
    {
        using var certificate = SelfSigned(address, daysLeft);
        await using var backend = await StartAsync(certificate, new InstanaOptions { CaBundle = certificate.ExportCertificatePem() });
        var answer = await backend.AskAsync("get_events", LastHour);
        answer["code"].GetString().ShouldBe("certificate_not_trusted");
        answer["details"].GetString()!.ShouldContain(reason);
    }

    [Fact]
    public async Task A_backend_that_speaks_no_TLS_has_no_certificate_to_blame()
    {
        await using var plain = await Backend.StartAsync();
        var options = new InstanaOptions { Retry = new RetryOptions { MaxRetries = 0 }, AllowedHosts = HostAllowList.Parse([$"https://{plain.Host.Url.Authority}"]) };
        InstanaTransport.TryCreate(options, out var transport, out var problem).ShouldBeTrue(problem);
        using (transport)
        {
            InstanaConnection.TryCreate($"https://{plain.Host.Url.Authority}", new ApiTokenCredential("tok-1"), options, out var connection, out problem).ShouldBeTrue(problem);
            var answer = await Backend.AskAsync(new InstanaClient(connection!, options, transport!, plain.Time), "get_events", LastHour);
            answer["code"].GetString().ShouldBe("connection_failed");
            answer["details"].GetString()!.ShouldContain("does it speak TLS there");
        }
    }

    [Fact]
    public async Task Verification_is_off_only_when_an_operator_turns_it_off()
    {
        using var certificate = SelfSigned();
        await using var backend = await StartAsync(certificate, new InstanaOptions { VerifyTls = false });
        (await backend.AskAsync("get_events", LastHour)).IsError.ShouldBeFalse();
    }

    [Theory]
    [InlineData("no certificate here")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void A_bundle_that_cannot_be_used_is_said_at_once(string text)
    {
        InstanaTransport.TryCreate(new InstanaOptions { CaBundle = text }, out var transport, out var problem).ShouldBeFalse();
        transport.ShouldBeNull();
        problem!.ShouldStartWith("INSTANA_CA_BUNDLE");
    }

    private static Task<Backend> StartAsync(X509Certificate2 certificate, InstanaOptions options) =>
        Backend.StartAsync(options, new SimulatorOptions { Certificate = certificate });

    private static X509Certificate2 SelfSigned(string address = "127.0.0.1", int daysLeft = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=simulator", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-2), now.AddDays(daysLeft));
    }
}
