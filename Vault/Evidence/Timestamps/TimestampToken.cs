using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Vault.Evidence.Timestamps;

/// <summary>An authority's word that it saw a hash at a time (RFC 3161), read from a token or from the response that carried it.</summary>
public sealed class TimestampToken
{
    private const string TimestampingUsage = "1.3.6.1.5.5.7.3.8";
    private const string NoToken = "It is not an RFC 3161 timestamp token, or what is in it does not fit together.";

    private readonly Rfc3161TimestampToken _token;

    private TimestampToken(Rfc3161TimestampToken token) => _token = token;

    /// <summary>When.</summary>
    public DateTimeOffset Time => _token.TokenInfo.Timestamp;

    /// <summary>The authority's number of it, in hex.</summary>
    public string Serial => Convert.ToHexStringLower(_token.TokenInfo.GetSerialNumber().Span);

    /// <summary>The policy it was made under, an OID.</summary>
    public string Policy => _token.TokenInfo.PolicyId.Value ?? "";

    /// <summary>The hash it saw.</summary>
    public ReadOnlyMemory<byte> Hash => _token.TokenInfo.GetMessageHash();

    /// <summary>The token's DER bytes, without the response around it.</summary>
    public byte[] Encode() => _token.AsSignedCms().Encode();

    /// <summary>Reads a token or a response, in DER.</summary>
    /// <exception cref="FormatException">It is neither, it was changed, or the response refuses.</exception>
    public static TimestampToken Read(ReadOnlyMemory<byte> der)
    {
        try
        {
            if (Rfc3161TimestampToken.TryDecode(der, out var token, out _))
                return new TimestampToken(token);
            var response = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            var status = response.ReadSequence().ReadInteger();
            if (status > BigInteger.One)
                throw new FormatException($"The timestamp authority refused the request, with status {status}.");
            return Rfc3161TimestampToken.TryDecode(response.ReadEncodedValue(), out token, out _)
                ? new TimestampToken(token)
                : throw new FormatException(NoToken);
        }
        catch (Exception failure) when (failure is AsnContentException or CryptographicException)
        {
            throw new FormatException(NoToken, failure);
        }
    }

    /// <summary>Asks an authority for a token over a SHA-256 hash. What comes back is for this hash and this request, and signed.</summary>
    /// <exception cref="EvidenceException">The authority is not there, or its answer is not one to this request.</exception>
    public static async Task<TimestampToken> RequestAsync(ITimestampAuthority authority, ReadOnlyMemory<byte> sha256, CancellationToken cancellation)
    {
        var request = Rfc3161TimestampRequest.CreateFromHash(
            sha256, HashAlgorithmName.SHA256, nonce: RandomNumberGenerator.GetBytes(8), requestSignerCertificates: true);
        var answer = await authority.AskAsync(request.Encode(), cancellation);
        try
        {
            var token = new TimestampToken(request.ProcessResponse(answer, out _));
            return token.Problem(sha256.Span) is { } problem ? throw new EvidenceException(problem) : token;
        }
        catch (CryptographicException failure)
        {
            throw new EvidenceException($"The timestamp authority's answer is not one to this request: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// What is wrong with it: a sentence, or null when it is for this hash and signed by the certificate in it. Whether that certificate is to be trusted
    /// is known only where <paramref name="anchors"/> are given.
    /// </summary>
    /// <param name="sha256">The hash it should be for.</param>
    /// <param name="anchors">Certificates of authorities to trust; null to leave that open.</param>
    public string? Problem(ReadOnlySpan<byte> sha256, X509Certificate2Collection? anchors = null)
    {
        if (!sha256.SequenceEqual(Hash.Span))
            return "The timestamp is for another hash.";
        X509Certificate2? signer;
        try
        {
            if (!_token.VerifySignatureForHash(sha256, HashAlgorithmName.SHA256, out signer))
                return "The timestamp's signature is not that of the certificate in it, or the certificate is not one for timestamps.";
        }
        catch (CryptographicException failure)
        {
            return $"The timestamp's signature cannot be checked: {failure.Message}";
        }
        return anchors is null || IsTrusted(signer, anchors) ? null : $"The timestamp's signer, {signer.Subject}, is not of a trusted authority.";
    }

    /// <summary>The subject of the certificate that signed it, or null where it carries none.</summary>
    public string? Signer => _token.AsSignedCms().SignerInfos[0].Certificate?.Subject;

    private bool IsTrusted(X509Certificate2 signer, X509Certificate2Collection anchors)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors);
        chain.ChainPolicy.ExtraStore.AddRange(_token.AsSignedCms().Certificates);
        // The network is off: the verifier must look up what was revoked since.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = Time.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(TimestampingUsage));
        return chain.Build(signer);
    }
}
