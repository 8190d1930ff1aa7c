using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Granary.Vault.Evidence.Timestamps;

namespace Granary.Testing;

/// <summary>A timestamp authority in the test's own process: it answers as RFC 3161 says, with a certificate of its own.</summary>
public sealed class TestAuthority : ITimestampAuthority, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=Test Authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.8")], true));
        Certificate = request.CreateSelfSigned(Time.AddYears(-1), Time.AddYears(1));
    }

    public static DateTimeOffset Time { get; } = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public X509Certificate2 Certificate { get; }

    public Uri Address { get; } = new("http://tsa.example/tsr");

    /// <summary>What is done to an answer before it goes out.</summary>
    public Func<byte[], byte[]> Change { get; set; } = answer => answer;

    public Task<byte[]> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        Rfc3161TimestampRequest.TryDecode(request, out var asked, out _).ShouldBeTrue();
        return Task.FromResult(Change(Answer(asked!)));
    }

    public byte[] Answer(Rfc3161TimestampRequest asked)
    {
        var signed = new SignedCms(new ContentInfo(new Oid("1.2.840.113549.1.9.16.1.4"), Info(asked)), detached: false);
        var signer = new CmsSigner(Certificate) { DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1"), IncludeOption = X509IncludeOption.EndCertOnly };
        signer.SignedAttributes.Add(new AsnEncodedData("1.2.840.113549.1.9.16.2.47", SigningCertificate()));
        signed.ComputeSignature(signer);
        var answer = new AsnWriter(AsnEncodingRules.DER);
        using (answer.PushSequence())
        {
            using (answer.PushSequence())
                answer.WriteInteger(0);
            answer.WriteEncodedValue(signed.Encode());
        }
        return answer.Encode();
    }

    public static byte[] Refusal()
    {
        var answer = new AsnWriter(AsnEncodingRules.DER);
        using (answer.PushSequence())
        using (answer.PushSequence())
            answer.WriteInteger(2);
        return answer.Encode();
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static byte[] Info(Rfc3161TimestampRequest asked)
    {
        var info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            info.WriteInteger(1);
            info.WriteObjectIdentifier("1.2.3.4");
            using (info.PushSequence())
            {
                using (info.PushSequence())
                    info.WriteObjectIdentifier(asked.HashAlgorithmId.Value!);
                info.WriteOctetString(asked.GetMessageHash().Span);
            }
            info.WriteInteger(4711);
            info.WriteGeneralizedTime(Time, omitFractionalSeconds: true);
            if (asked.GetNonce() is { } nonce)
                info.WriteInteger(nonce.Span);
        }
        return info.Encode();
    }

    private byte[] SigningCertificate()
    {
        var attribute = new AsnWriter(AsnEncodingRules.DER);
        using (attribute.PushSequence())
        using (attribute.PushSequence())
        using (attribute.PushSequence())
            attribute.WriteOctetString(SHA256.HashData(Certificate.RawData));
        return attribute.Encode();
    }
}
