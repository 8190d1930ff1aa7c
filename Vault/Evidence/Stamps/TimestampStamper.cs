using System.Security.Cryptography.X509Certificates;
using Granary.Vault.Evidence.Timestamps;

namespace Granary.Vault.Evidence.Stamps;

/// <summary>Stamps by an RFC 3161 authority. The token's imprint is the root itself, so that <c>openssl ts -verify -digest ROOT</c> checks it too.</summary>
/// <param name="authority">The authority.</param>
/// <param name="trusted">Certificates of which one must vouch for the signer; null to take any.</param>
/// <param name="time">The clock that the authority's is held against.</param>
public sealed class TimestampStamper(ITimestampAuthority authority, X509Certificate2Collection? trusted, TimeProvider time) : IHeadStamper
{
    /// <inheritdoc />
    public string Kind => HeadStamp.Rfc3161;

    /// <inheritdoc />
    public string Authority => authority.Address?.ToString() ?? "";

    /// <inheritdoc />
    public async Task<byte[]> StampAsync(ReadOnlyMemory<byte> root, CancellationToken cancellation)
    {
        var token = await TimestampToken.RequestAsync(authority, root, cancellation);
        if (token.Problem(root.Span, trusted) is { } problem)
            throw new EvidenceException(problem);
        StampClock.Check(token.Time, time, "timestamp authority");
        return token.Encode();
    }
}
