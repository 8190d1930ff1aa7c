using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Instana.Connections;

/// <summary>Reads <see cref="InstanaOptions"/> from the variables that operators know.</summary>
public static class InstanaOptionsReader
{
    /// <summary>The variable that adds hosts to the allow-list, separated by commas.</summary>
    public const string AllowedHostsVariable = "INSTANA_ALLOWED_HOSTS";

    /// <summary>The variable that names networks in which hosts of a pattern may be, separated by commas.</summary>
    public const string AllowedNetworksVariable = "INSTANA_ALLOWED_NETWORKS";

    /// <summary>The variable that names the file of what tenants may call, and of credentials that are held for them.</summary>
    public const string TenantsVariable = "INSTANA_TENANTS";

    /// <summary>The variable that has the operator's own token.</summary>
    public const string TokenVariable = "INSTANA_API_TOKEN";

    /// <summary>The variable that names a file with it.</summary>
    public const string TokenFileVariable = "INSTANA_API_TOKEN_FILE";

    /// <summary>The variable that lends the operator's own connection to HTTP callers.</summary>
    public const string SharedCredentialsVariable = "INSTANA_SHARED_CREDENTIALS";

    private const string BundleHelp = "INSTANA_CA_BUNDLE is a PEM file of certificates, for example /etc/ssl/certs/ca-certificates.crt:";
    private const int MaxTokenFile = 8192;
    private const int MaxBundle = 4 * 1024 * 1024;

    /// <summary>
    /// Reads <c>INSTANA_BASE_URL</c>, <c>_API_TOKEN</c> or <c>_API_TOKEN_FILE</c>, <c>_SSL_VERIFY</c>, <c>_CA_BUNDLE</c>, <c>_API_TIMEOUT</c>,
    /// <c>_CACHE_ENABLED</c>, <c>_CACHE_TTL</c>, <c>_ALLOWED_HOSTS</c>, <c>_ALLOWED_NETWORKS</c>, <c>_SHARED_CREDENTIALS</c>, <c>_TENANTS</c> and <c>_UNITS</c>.
    /// </summary>
    /// <param name="variable">A variable by name; null where it is not set. A command line may be laid over it.</param>
    /// <param name="readFile">
    /// Reads a text file of at most so many bytes; throws <see cref="IOException"/> where it is longer, no ordinary file, or not to be read.
    /// </param>
    /// <param name="options">The options, when there is no problem.</param>
    /// <param name="problems">One sentence for each variable that cannot be read.</param>
    public static bool TryRead(
        Func<string, string?> variable,
        Func<string, long, string> readFile,
        [NotNullWhen(true)] out InstanaOptions? options,
        out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        var hosts = (variable(AllowedHostsVariable) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (!HostAllowList.TryParse(["*.instana.io", .. hosts], out var allowed, out var problem))
            found.Add($"{AllowedHostsVariable}: {problem}");
        var url = NullIfEmpty(variable("INSTANA_BASE_URL"));
        var token = ReadToken(variable, readFile, found);
        var units = UnitsFile.Read(NullIfEmpty(variable(UnitsFile.Variable)), readFile, found);
        var read = new InstanaOptions
        {
            Units = units,
            TenantsFile = NullIfEmpty(variable(TenantsVariable)),
            AllowedHosts = allowed ?? HostAllowList.Default,
            AllowedNetworks = ReadNetworks(variable(AllowedNetworksVariable), found),
            Environment = url is null && token is null ? null : new InstanaEnvironment(url, token),
            SharedCredentials = Flag(variable, SharedCredentialsVariable, false, found),
            VerifyTls = Flag(variable, "INSTANA_SSL_VERIFY", true, found),
            CaBundle = ReadBundle(NullIfEmpty(variable("INSTANA_CA_BUNDLE")), readFile, found),
            Timeout = Seconds(variable, "INSTANA_API_TIMEOUT", 180, found),
            CacheEnabled = Flag(variable, "INSTANA_CACHE_ENABLED", true, found),
            CacheTtl = Seconds(variable, "INSTANA_CACHE_TTL", 1800, found),
        };
        if (url is not null && !BaseUrlRules.TryNormalise(url, out _, out problem))
            found.Add($"INSTANA_BASE_URL (--base-url): {problem} For example: https://unit-tenant.instana.io");
        if (token is not null && CredentialRules.Token("it", token) is { } unfit)
            found.Add($"INSTANA_API_TOKEN (--api-token): {unfit}");
        problems = found;
        options = found.Count == 0 ? read : null;
        return options is not null;
    }

    private static IPNetwork[] ReadNetworks(string? text, List<string> problems)
    {
        var networks = new List<IPNetwork>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(part, out var network))
                networks.Add(network);
            else
                problems.Add($"{AllowedNetworksVariable}: '{part}' is no network; write its first address and the length of its prefix, for example 10.20.0.0/16.");
        }
        return [.. networks];
    }

    /// <summary>A file keeps the token out of process lists and of what containers show of their environment.</summary>
    private static string? ReadToken(Func<string, string?> variable, Func<string, long, string> readFile, List<string> problems)
    {
        var token = NullIfEmpty(variable(TokenVariable));
        if (NullIfEmpty(variable(TokenFileVariable)) is not { } path)
            return token;
        if (token is not null)
        {
            problems.Add($"Both {TokenVariable} and {TokenFileVariable} are given; give one of them.");
            return token;
        }
        try
        {
            // A token has some forty characters: what is longer is another file.
            if (NullIfEmpty(readFile(path, MaxTokenFile)) is { } read)
                return read;
            problems.Add($"{TokenFileVariable} (--api-token-file): the file is empty; it holds one token.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add($"{TokenFileVariable} (--api-token-file): the file cannot be read: {WhyUnreadable(e)} It holds one token.");
        }
        return null;
    }

    private static string? ReadBundle(string? path, Func<string, long, string> readFile, List<string> problems)
    {
        if (path is null)
            return null;
        try
        {
            var text = readFile(path, MaxBundle);
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(text);
            if (certificates.Count > 0)
                return text;
            problems.Add($"{BundleHelp} it holds none.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{BundleHelp} {WhyUnreadable(e)}");
        }
        catch (CryptographicException)
        {
            problems.Add($"{BundleHelp} it cannot be read as one.");
        }
        return null;
    }

    private static string WhyUnreadable(Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file.",
        UnauthorizedAccessException or ArgumentException => "it may not be read.",
        _ => failure.Message,
    };

    private static string? NullIfEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static bool Flag(Func<string, string?> variable, string name, bool absent, List<string> problems)
    {
        switch (NullIfEmpty(variable(name))?.ToLowerInvariant())
        {
            case null:
                return absent;
            case "1" or "true" or "yes" or "on":
                return true;
            case "0" or "false" or "no" or "off":
                return false;
            default:
                problems.Add($"{name} must be true or false.");
                return absent;
        }
    }

    private static TimeSpan Seconds(Func<string, string?> variable, string name, int absent, List<string> problems)
    {
        var text = NullIfEmpty(variable(name));
        if (text is null)
            return TimeSpan.FromSeconds(absent);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400)
            return TimeSpan.FromSeconds(seconds);
        problems.Add($"{name} must be a whole number of seconds from 1 to 86400, without a unit, for example {absent}.");
        return TimeSpan.FromSeconds(absent);
    }
}
