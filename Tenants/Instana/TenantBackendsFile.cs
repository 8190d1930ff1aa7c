using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Instana.Connections;
using Granary.Vault.Keys;

namespace Granary.Tenants.Instana;

/// <summary>The file of <c>INSTANA_TENANTS</c> as it is written: for each tenant, the hosts it may call and the units whose tokens are held for it.</summary>
/// <param name="Tenants">By tenant.</param>
public sealed record TenantBackendsFile(IReadOnlyDictionary<string, TenantBackendsEntry> Tenants)
{
    /// <summary>How many bytes it has at most.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>What failures call it.</summary>
    public const string Kind = "file of INSTANA_TENANTS";

    /// <summary>A file of no tenant.</summary>
    public static TenantBackendsFile Empty { get; } = new(new Dictionary<string, TenantBackendsEntry>());

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="InvalidDataException">They are not what docs/configuration.md shows; the message says where, and quotes nothing of it.</exception>
    public static TenantBackendsFile Parse(string path, ReadOnlySpan<byte> bytes)
    {
        TenantBackendsFile? file;
        try
        {
            file = JsonSerializer.Deserialize(bytes, TenantBackendsJson.Default.TenantBackendsFile);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"The {Kind}, '{path}', cannot be used: line {e.LineNumber + 1} is not as docs/configuration.md shows it; tokens enter it with 'units add' only.", e);
        }
        if (file?.Tenants is null)
            throw new InvalidDataException($"The {Kind}, '{path}', has no \"tenants\".");
        foreach (var (tenant, entry) in file.Tenants)
        {
            if (Problem(tenant, entry) is { } problem)
                throw new InvalidDataException($"The {Kind}, '{path}', tenant '{tenant}': {problem}");
        }
        return file;
    }

    /// <summary>The bytes that <see cref="Parse"/> reads.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, TenantBackendsJson.Default.TenantBackendsFile);

    private static string? Problem(string tenant, TenantBackendsEntry? entry)
    {
        if (!TenantId.TryParse(tenant, out _, out var problem))
            return problem;
        if (entry is null)
            return "it is null: give it \"hosts\" or \"units\".";
        if (entry.Hosts is { } hosts && !HostAllowList.TryParse([.. hosts.Select(host => host ?? "")], out _, out problem))
            return problem;
        foreach (var (name, unit) in entry.Units ?? new Dictionary<string, HeldUnitEntry>())
        {
            if (HeldUnitEntry.Problem(name, unit?.BaseUrl) is { } unusable)
                return $"unit '{name}': {unusable}";
            if (string.IsNullOrEmpty(unit?.SealedToken))
                return $"unit '{name}' has no sealed_token; it is made by 'units add'.";
        }
        return entry.Default is null || entry.Units?.ContainsKey(entry.Default) == true
            ? null
            : $"\"default\" is '{entry.Default}', and there is no such unit.";
    }
}

/// <summary>What is said of one tenant.</summary>
/// <param name="Hosts">Backends that its callers may name in headers; null for those of INSTANA_ALLOWED_HOSTS, empty for none.</param>
/// <param name="Units">By alias.</param>
/// <param name="Default">The alias of the unit that serves a call which names none.</param>
public sealed record TenantBackendsEntry(
    IReadOnlyList<string>? Hosts = null, IReadOnlyDictionary<string, HeldUnitEntry>? Units = null, string? Default = null);

/// <summary>One unit.</summary>
/// <param name="BaseUrl">Its address.</param>
/// <param name="SealedToken">Its API token, wrapped for this tenant, alias and address, in Base64.</param>
public sealed record HeldUnitEntry(string BaseUrl, string SealedToken)
{
    /// <summary>Seals a token: it opens for no other tenant, alias or address.</summary>
    /// <exception cref="InvalidDataException">The alias, the address or the token cannot be used; the message does not show it.</exception>
    public static HeldUnitEntry Seal(KeyRing keys, TenantId tenant, string name, string baseUrl, string token)
    {
        if ((Problem(name, baseUrl) ?? InstanaConnection.CheckToken(token)) is { } problem)
            throw new InvalidDataException(problem);
        var plain = Encoding.ASCII.GetBytes(token);
        try
        {
            return new HeldUnitEntry(baseUrl, Convert.ToBase64String(keys.Wrap(plain, Purpose(tenant, name, baseUrl))));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Opens the token.</summary>
    /// <exception cref="InvalidDataException">It does not open; the message says why.</exception>
    public string Open(KeyRing keys, TenantId tenant, string name)
    {
        try
        {
            var plain = keys.Unwrap(Bytes(), Purpose(tenant, name, BaseUrl));
            var token = Encoding.ASCII.GetString(plain);
            CryptographicOperations.ZeroMemory(plain);
            return token;
        }
        catch (KeyRingException e)
        {
            throw Closed(tenant, name, e);
        }
    }

    /// <summary>The same token under the ring's first key; null where it is already.</summary>
    /// <exception cref="InvalidDataException">It does not open; the message says why.</exception>
    public HeldUnitEntry? Rewrap(KeyRing keys, TenantId tenant, string name)
    {
        try
        {
            return keys.Rewrap(Bytes(), Purpose(tenant, name, BaseUrl)) is { } again ? this with { SealedToken = Convert.ToBase64String(again) } : null;
        }
        catch (KeyRingException e)
        {
            throw Closed(tenant, name, e);
        }
    }

    /// <summary>The alias and the address alone: what is sealed is nobody's to print.</summary>
    public override string ToString() => BaseUrl;

    internal static string? Problem(string name, string? baseUrl)
    {
        if (name.Length is 0 or > 64 || name.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
            return "a unit's alias has 1 to 64 visible ASCII characters and no space.";
        return InstanaConnection.CheckHeld(baseUrl);
    }

    private static InvalidDataException Closed(TenantId tenant, string name, KeyRingException why) => new(
        why.IsUnknownKey
            ? $"The token of unit '{name}' of tenant '{tenant.Value}' is sealed with a key-encryption key that is not in GRANARY_KEK (GRANARY_KEK_FILE) here."
            : $"The token of unit '{name}' of tenant '{tenant.Value}' does not open: it was changed, or sealed for another tenant, alias or address; seal it with 'units add'.",
        why);

    private static string Purpose(TenantId tenant, string name, string baseUrl) =>
        $"instana/{tenant.Value}/{name.ToLowerInvariant()}/{InstanaConnection.Origin(baseUrl)}";

    private byte[] Bytes()
    {
        var bytes = new byte[(SealedToken.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(SealedToken, bytes, out var length) ? bytes[..length] : [];
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TenantBackendsFile))]
internal sealed partial class TenantBackendsJson : JsonSerializerContext;
