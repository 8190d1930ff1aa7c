using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Evidence.Timestamps;
using Granary.Vault.Keys;
using Granary.Vault.OutsideFiles;

namespace Granary.Tenants.Vaults.Anchoring;

/// <summary>Who is asked to stamp the heads of vaults, and how often.</summary>
/// <param name="Authorities">Who is asked; each on its own, so that one that fails delays no other.</param>
/// <param name="Every">How often a vault that has grown is stamped by each.</param>
public sealed record AnchorPlan(IReadOnlyList<IHeadStamper> Authorities, TimeSpan Every)
{
    /// <summary>The setting that names the file.</summary>
    public const string Variable = "GRANARY_ANCHORS";

    /// <summary>How long one answer of an authority may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int MaxBytes = 1024 * 1024;
    private const int MaxAuthorities = 8;

    /// <summary>Reads the file of the setting; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It cannot be used; the message says why.</exception>
    public static AnchorPlan? Read(string? path, TimeProvider time)
    {
        if (path is null)
            return null;
        try
        {
            var file = JsonSerializer.Deserialize(RegularFile.Read(path, MaxBytes), AnchorFileJson.Default.AnchorFile)!;
            if (file.Authorities.Count is 0 or > MaxAuthorities || file.EverySeconds is < 60 or > 86_400 * 30)
                throw new FormatException($"it has 1 to {MaxAuthorities} authorities, and every_seconds is from 60 to {86_400 * 30}");
            if (file.Authorities.DistinctBy(authority => authority.Url).Count() < file.Authorities.Count)
                throw new FormatException("an authority is in it twice");
            // Addresses are looked up again in time; nothing is followed elsewhere.
            var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
            var client = new HttpClient(handler) { Timeout = Patience };
            return new AnchorPlan([.. file.Authorities.Select(authority => Make(authority, client, time))], TimeSpan.FromSeconds(file.EverySeconds));
        }
        catch (Exception failure) when (failure is JsonException or FormatException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The file of {Variable} '{path}' cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>The authority of this address; null where none is.</summary>
    public IHeadStamper? Find(string authority) => Authorities.FirstOrDefault(known => known.Authority == authority);

    private static IHeadStamper Make(AnchorAuthority authority, HttpClient client, TimeProvider time)
    {
        if (!Uri.TryCreate(authority.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new FormatException($"the authority '{authority.Url}' has no http address");
        if (authority.Certificates is not null && authority.Kind != HeadStamp.Rfc3161)
            throw new FormatException($"the authority '{authority.Url}' has certificates, which only the kind {HeadStamp.Rfc3161} takes");
        if (authority.Keys is not null && authority.Kind != HeadStamp.Rekor)
            throw new FormatException($"the authority '{authority.Url}' has keys, which only the kind {HeadStamp.Rekor} takes");
        return authority.Kind switch
        {
            HeadStamp.Rfc3161 => new TimestampStamper(new HttpTimestampAuthority(client, url), authority.Certificates is { } file ? ReadCertificates(file) : null, time),
            HeadStamp.OpenTimestamps => new CalendarStamper(client, url),
            HeadStamp.Rekor => new RekorStamper(client, url, authority.Keys is { } file ? ReadKeys(file) : null, time),
            _ => throw new FormatException(
                $"the authority '{authority.Url}' has the kind '{authority.Kind}'; known are {HeadStamp.Rfc3161}, {HeadStamp.OpenTimestamps} and {HeadStamp.Rekor}"),
        };
    }

    private static X509Certificate2Collection ReadCertificates(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(ReadText(file));
        return certificates.Count > 0 ? certificates : throw new FormatException($"the file '{file}' has no certificate");
    }

    private static IReadOnlyList<P256PublicKey> ReadKeys(string file) =>
        P256PublicKey.ReadPem(ReadText(file)) is { Count: > 0 } keys ? keys : throw new FormatException($"the file '{file}' has no public key");

    private static string ReadText(string file) => Encoding.ASCII.GetString(RegularFile.Read(file, MaxBytes));
}

/// <summary>The file as it is written.</summary>
internal sealed record AnchorFile(IReadOnlyList<AnchorAuthority> Authorities, int EverySeconds = 86_400);

/// <summary>One authority of it.</summary>
internal sealed record AnchorAuthority(string Url, string Kind = HeadStamp.Rfc3161, string? Certificates = null, string? Keys = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AnchorFile))]
internal sealed partial class AnchorFileJson : JsonSerializerContext;
