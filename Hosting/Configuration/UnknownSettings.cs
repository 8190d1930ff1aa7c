using System.Collections;
using System.Text.RegularExpressions;
using Granary.Spelling;
using Microsoft.Extensions.Logging;

namespace Granary.Hosting.Configuration;

/// <summary>
/// Finds variables that look like settings and are not: a limit or a key file with a slip in its name would otherwise be ignored, and nobody would know.
/// It is a warning, no refusal: environments hold variables of deployments and of later versions too.
/// </summary>
public static partial class UnknownSettings
{
    private const string OfGranary =
        "ACCESS_LOG ADMIN_KEY ADMIN_PORT ALLOWED_HOSTS ALLOWED_ORIGINS ALLOW_ANONYMOUS ANCHORS API_KEYS ARCHIVE ARCHIVE_AFTER ARCHIVE_KEEP AUDIT AUDIT_REQUIRED BURST_PER_KEY BURST_PER_TENANT "
        + "BYTES_PER_TENANT CALL_TIMEOUT CLIENT_CA CLIENT_CERTIFICATES CLUSTER_ID CLUSTER_INSECURE CLUSTER_SECRET CLUSTER_SECRET_FILE CLUSTER_TLS_CA CLUSTER_TLS_CERT CLUSTER_TLS_KEY COMPRESS_LISTS DATA "
        + "DEFAULT_VAULT DRAIN_DELAY HOST HTTP2_PORT IDLE_AFTER ISSUERS KEK KEK_FILE LEGAL_HOLD LOG_FORMAT LOG_ORIGIN MAX_CALLS MAX_CALLS_PER_KEY MAX_CALLS_PER_TENANT "
        + "MAX_CONNECTIONS MAX_CONNECTIONS_PER_ADDRESS MAX_EVENTS_PER_VAULT MAX_SESSIONS_PER_KEY MAX_SESSIONS_PER_TENANT MAX_STREAMS_PER_KEY MAX_STREAMS_PER_TENANT MAX_VAULTS_PER_TENANT METRICS_PORT METRICS_TENANTS ONE_SHOT "
        + "PATH_BASE POLICY_FILE PROBE_TIMEOUT PUBLIC_URL RATE_PER_KEY RATE_PER_TENANT READ_ONLY REDIS REDIS_PREFIX REDIS_REPLICAS SECOND_PORT SERVICE_ID "
        + "SESSION_KEYS SESSION_LIFETIME SHAPE SHUTDOWN_TIMEOUT SILO_ADDRESS SILO_GATEWAY_PORT SILO_LISTEN_PORT SILO_PORT TLS_CERT TLS_KEY TLS_PORT TRANSPORT TRUSTED_PROXIES WITNESSES "
        + "WITNESS_FOLDER WITNESS_KEY_FILE WITNESS_LOGS WITNESS_NAME";

    private const string OfInstana =
        "ALLOWED_HOSTS ALLOWED_NETWORKS API_TIMEOUT API_TOKEN API_TOKEN_FILE BASE_URL CACHE_ENABLED CACHE_TTL CA_BUNDLE SHARED_CREDENTIALS SSL_VERIFY TENANTS UNITS";

    private const string OfProvara = "VAULT_PATH";

    // Neither program reads them, and they may be there all the same: the client's key, and what compose files and tests read.
    private static readonly string[] Others =
        "PROVARA_API_KEY GRANARY_BIND GRANARY_IMAGE GRANARY_SILO_IMAGE GRANARY_SILO_MEMORY GRANARY_GATEWAY_MEMORY GRANARY_REDIS_MEMORY GRANARY_REDIS_LIMIT GRANARY_S3_ACCESS_KEY_ID GRANARY_S3_SECRET_ACCESS_KEY GRANARY_USER GRANARY_VAULTS GRANARY_PROGRAM GRANARY_SHARED GRANARY_DRAW_ROOMS".Split(' ');

    /// <summary>Every setting with a prefix that the gateway or the silo reads; both know all, for they are often given one environment.</summary>
    public static IReadOnlyList<string> Known { get; } =
        [.. Prefixed("GRANARY_", OfGranary), .. Prefixed("INSTANA_", OfInstana), .. Prefixed("PROVARA_", OfProvara)];

    /// <summary>The variables of this process.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfProcess() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(entry => KeyValuePair.Create((string)entry.Key, entry.Value as string ?? ""));

    /// <summary>A sentence about each variable that looks like a setting and is not, with the nearest name; never its value.</summary>
    public static IReadOnlyList<string> Describe(IEnumerable<KeyValuePair<string, string>> variables) =>
        [.. variables.Select(variable => Describe(variable.Key, variable.Value)).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    /// <summary>One warning for each sentence.</summary>
    public static void Warn(ILogger log, IReadOnlyList<string> sentences)
    {
        foreach (var sentence in sentences)
            LogUnknown(log, sentence);
    }

    private static string? Describe(string name, string value)
    {
        var prefix = ((string[])["GRANARY_", "INSTANA_", "PROVARA_"]).FirstOrDefault(known => name.StartsWith(known, StringComparison.OrdinalIgnoreCase));
        if (prefix is null || Known.Contains(name) || Others.Contains(name) || IsServiceLink(name, value))
            return null;
        var rest = name[prefix.Length..];
        var same = Known.Where(known => known.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(known => known[prefix.Length..]);
        // Instana's tracers and Provara's own server have variables of the same prefix: only what is nearly one of ours was meant for us.
        if (prefix != "GRANARY_")
            return NearestName.Of(rest, same.Keys, sharing: false) is { } near ? Sentence(name, same[near]) : null;
        if (rest.ToUpperInvariant() is "PORT" or "LOG_LEVEL")
            return Sentence(name, rest.ToUpperInvariant());
        if (NearestName.Of(rest, same.Keys, sharing: false) is { } own)
            return Sentence(name, same[own]);
        if (same.Keys.Where(known => IsBeginning(known, rest) || IsBeginning(rest, known)).MaxBy(known => known.Length) is { } begins)
            return Sentence(name, same[begins]);
        var other = ((string[])["INSTANA_", "PROVARA_"]).Select(beside => beside + rest.ToUpperInvariant()).FirstOrDefault(Known.Contains);
        return Sentence(name, other ?? (NearestName.Of(rest, same.Keys) is { } sharing ? same[sharing] : null));
    }

    private static bool IsBeginning(string beginning, string name) => name.StartsWith(beginning + "_", StringComparison.OrdinalIgnoreCase);

    private static string Sentence(string name, string? nearest) => nearest is null
        ? $"{name} is set, and there is no such setting; docs/configuration.md lists them."
        : $"{name} is set, and there is no such setting; did you mean {nearest}?";

    /// <summary>Kubernetes gives each pod the addresses of the services beside it, and a service is likely to be called <c>granary</c>.</summary>
    private static bool IsServiceLink(string name, string value) => ServiceLink().IsMatch(name) || (name.EndsWith("_PORT", StringComparison.Ordinal) && value.Contains("://", StringComparison.Ordinal));

    private static IEnumerable<string> Prefixed(string prefix, string names) => names.Split(' ').Select(name => prefix + name);

    [GeneratedRegex("_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$")]
    private static partial Regex ServiceLink();

    [LoggerMessage(1, LogLevel.Warning, "{Sentence}")]
    private static partial void LogUnknown(ILogger log, string sentence);
}
