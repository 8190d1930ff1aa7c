using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Access;

/// <summary>
/// What a key file calls a client certificate: <c>sha256:</c> and the hash of the certificate itself, or one of its alternative names, <c>uri:</c> or
/// <c>dns:</c>. Anybody can write a name into a certificate of their own: a self-signed one has its hash only.
/// </summary>
internal static class CertificateName
{
    private const string Hash = "sha256:";
    private const string Uri = "uri:";
    private const string Dns = "dns:";
    private const int MaxNames = 64;
    private const int MaxBytes = 4 * 1024 * 1024;
    private const int MaxLength = 1024;

    private static readonly Asn1Tag DnsTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>Why a text is no such name, as the end of a sentence; null when it is one.</summary>
    public static string? Problem(string name)
    {
        var isName = name.Length <= MaxLength && (
            (name.StartsWith(Hash, StringComparison.Ordinal) && name.Length == Hash.Length + 64 && name[Hash.Length..].All(c => char.IsAsciiHexDigitLower(c)))
            || (name.StartsWith(Uri, StringComparison.Ordinal) && name.Length > Uri.Length)
            || (name.StartsWith(Dns, StringComparison.Ordinal) && name.Length > Dns.Length && !name.Any(char.IsAsciiLetterUpper)));
        return isName ? null : "needs as certificate sha256: and 64 hex digits in lower case, or uri: or dns: and an alternative name of the certificate, a DNS name in lower case.";
    }

    /// <summary>The name that is meant by a command's argument: itself, or that of the certificate in a PEM file.</summary>
    /// <exception cref="InvalidDataException">It is no name, and no file with a certificate.</exception>
    public static string Read(string argument)
    {
        if (argument.StartsWith(Hash, StringComparison.Ordinal) || argument.StartsWith(Uri, StringComparison.Ordinal) || argument.StartsWith(Dns, StringComparison.Ordinal))
            return argument;
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(WatchedFile.Read(argument, "certificate", MaxBytes)));
            return Of(certificate);
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException($"--certificate is a PEM file with a certificate, or a name such as uri:spiffe://acme/ci; '{argument}' cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The name of this very certificate.</summary>
    public static string Of(X509Certificate2 certificate) => Hash + Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    /// <summary>All names of a certificate, its hash first.</summary>
    public static IReadOnlyList<string> AllOf(X509Certificate2 certificate)
    {
        var names = new List<string> { Of(certificate) };
        var isSelfSigned = certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
        if (!isSelfSigned && certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } alternatives)
            AddAlternatives(names, alternatives.RawData);
        return names;
    }

    private static void AddAlternatives(List<string> names, byte[] extension)
    {
        try
        {
            var reader = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (reader.HasData && names.Count < MaxNames)
            {
                var tag = reader.PeekTag();
                if (tag == DnsTag)
                    names.Add(Dns + reader.ReadCharacterString(UniversalTagNumber.IA5String, tag).ToLowerInvariant());
                else if (tag == UriTag)
                    names.Add(Uri + reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                else
                    reader.ReadEncodedValue();
            }
        }
        catch (AsnContentException)
        {
            // What cannot be read names nobody.
        }
    }
}
