using System.Security.Cryptography.X509Certificates;
using System.Text;
using Granary.Cli.Vaults;

namespace Granary.Cli.Verification;

/// <summary>The certificates of timestamp authorities that a user trusts.</summary>
internal static class AuthorityCertificates
{
    /// <summary>Reads them from a PEM file.</summary>
    public static X509Certificate2Collection Read(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Encoding.ASCII.GetString(OutsideFile.Read(file, "The file with the authorities' certificates")));
        return certificates;
    }
}
