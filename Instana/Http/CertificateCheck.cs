using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Instana.Http;

/// <summary>Whether a backend's certificate is accepted, as the runtime judges it, and if not why: the reason reaches the person who can mend it.</summary>
internal static class CertificateCheck
{
    /// <summary>The callback of <see cref="SslClientAuthenticationOptions"/>.</summary>
    /// <exception cref="CertificateRefusedException">It is not accepted.</exception>
    public static bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None ? true : throw new CertificateRefusedException(Reason(chain, errors));

    private static string Reason(X509Chain? chain, SslPolicyErrors errors)
    {
        var faults = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "was not shown";
        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            return "is made for another host; use the name of that host in the base URL";
        return faults == X509ChainStatusFlags.NotTimeValid
            ? "has expired or is not valid yet; renew it, or set the clock"
            : "is not trusted; name its authority with INSTANA_CA_BUNDLE";
    }
}

/// <summary>A certificate that is not accepted.</summary>
/// <param name="reason">The rest of a sentence that begins with "The certificate of 'host'".</param>
internal sealed class CertificateRefusedException(string reason) : AuthenticationException(reason);
