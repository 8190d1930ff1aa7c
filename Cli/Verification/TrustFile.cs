using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Keys;

namespace Granary.Cli.Verification;

/// <summary>The authorities whose stamps a user trusts, from one PEM file. A kind that it names nobody of is left open.</summary>
/// <param name="Certificates">Certificates of RFC 3161 authorities; null where there is none.</param>
/// <param name="LogKeys">Public keys of Rekor logs; null where there is none.</param>
internal sealed record TrustFile(X509Certificate2Collection? Certificates, IReadOnlyList<P256PublicKey>? LogKeys)
{
    /// <summary>Reads the file.</summary>
    public static TrustFile Read(string file)
    {
        try
        {
            var certificates = AuthorityCertificates.Read(file);
            var keys = P256PublicKey.ReadPem(Encoding.ASCII.GetString(OutsideFile.Read(file, "The file of --trust")));
            return certificates.Count + keys.Count > 0
                ? new TrustFile(certificates.Count > 0 ? certificates : null, keys.Count > 0 ? keys : null)
                : throw new UsageException($"The file '{file}' has neither a certificate nor a public key in PEM.");
        }
        catch (Exception failure) when (failure is FormatException or CryptographicException)
        {
            throw new UsageException($"The file '{file}' cannot be used to trust authorities: {failure.Message}");
        }
    }
}
