using System.CommandLine;
using Granary.Grains.Connections;
using Granary.Grains.Hosting;
using Granary.Grains.Redis;
using Granary.Hosting.Configuration;
using Granary.Hosting.Lifecycle;
using Granary.Instana.Connections;
using Granary.Tenants;
using Granary.Tenants.Instana;
using Granary.Tenants.Vaults.Anchoring;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Transparency;

namespace Granary.Gateway.Configuration;

/// <summary>Makes the options from flags, the environment and the file that <c>--env-file</c> names, in that order of precedence.</summary>
internal static class OptionsReader
{
    /// <param name="flags">The flags there are.</param>
    /// <param name="given">Those that were given.</param>
    /// <param name="environment">Finds a variable.</param>
    /// <param name="variables">All variables, in which slips are looked for; null for none.</param>
    /// <exception cref="InvalidDataException">A value cannot be used; the message names it and what it takes.</exception>
    public static GatewayOptions Read(
        CommandLine flags, ParseResult given, Func<string, string?> environment, IEnumerable<KeyValuePair<string, string>>? variables = null)
    {
        var sources = SettingSources.Read(flags, given, environment);
        var settings = new Settings(sources.Find);
        var defaults = new GatewayOptions();
        var shape = ReadShape(settings);
        var port = Port("--port", given.GetValue(flags.Port)) ?? settings.Number("PORT", defaults.Port, 0, 65535);
        var keys = given.GetValue(flags.ApiKeys) ?? settings.Text("GRANARY_API_KEYS");
        var issuers = given.GetValue(flags.Issuers) ?? settings.Text("GRANARY_ISSUERS");
        var limited = keys is not null || issuers is not null;
        var common = ProgramSettings.Read(settings, given.GetValue(flags.Debug) ? "DEBUG" : given.GetValue(flags.LogLevel), given.GetValue(flags.LogFormat));
        return new GatewayOptions(common)
        {
            OverStdio = ReadTransport(given.GetValue(flags.Transport) ?? settings.Text("GRANARY_TRANSPORT")),
            Shape = shape,
            Redis = ReadRedis(shape, settings),
            Environment = settings,
            Host = ReadHost(given.GetValue(flags.Host) ?? settings.Text("GRANARY_HOST") ?? defaults.Host),
            Port = port,
            MeasuredTenants = settings.Number("GRANARY_METRICS_TENANTS", defaults.MeasuredTenants, 0, 10_000),
            SecondPort = ReadSecondPort(given.GetValue(flags.SecondPort), settings, port),
            Http2Port = ReadHttp2Port(settings, port),
            Tls = TlsSettings.Read(settings, keys),
            DataFolder = given.GetValue(flags.Data) ?? settings.Text("GRANARY_DATA") ?? defaults.DataFolder,
            MountedVault = ReadMounted(shape, settings.Text("PROVARA_VAULT_PATH")),
            DefaultVault = ReadDefaultVault(settings.Text("GRANARY_DEFAULT_VAULT"))
                ?? ReadMounted(shape, settings.Text("PROVARA_VAULT_PATH")) ?? defaults.DefaultVault,
            Tools = Split(given.GetValue(flags.Tools)) ?? [],
            ApiKeyFile = keys,
            IssuersFile = issuers,
            PolicyFile = given.GetValue(flags.Policy) ?? settings.Text("GRANARY_POLICY_FILE"),
            PublicUrl = WebNames.PublicUrl(given.GetValue(flags.PublicUrl) ?? settings.Text("GRANARY_PUBLIC_URL")),
            LogOrigin = ReadLogOrigin(settings.Text("GRANARY_LOG_ORIGIN")),
            WitnessFile = settings.Text("GRANARY_WITNESSES"),
            AnchorFile = settings.Text(AnchorPlan.Variable),
            WitnessKeyFile = settings.Text("GRANARY_WITNESS_KEY_FILE"),
            WitnessName = ReadWitnessName(settings.Text("GRANARY_WITNESS_NAME")),
            WitnessLogs = settings.Text("GRANARY_WITNESS_LOGS"),
            WitnessFolder = settings.Text("GRANARY_WITNESS_FOLDER"),
            AllowAnonymous = given.GetValue(flags.AllowAnonymous) || settings.Flag("GRANARY_ALLOW_ANONYMOUS", false),
            AllowedHosts = WebNames.Hosts(Split(given.GetValue(flags.AllowedHosts)) ?? settings.List("GRANARY_ALLOWED_HOSTS")),
            AllowedOrigins = WebNames.Origins(Split(given.GetValue(flags.AllowedOrigins)) ?? settings.List("GRANARY_ALLOWED_ORIGINS")),
            PathBase = WebNames.PathBase(given.GetValue(flags.PathBase) ?? settings.Text("GRANARY_PATH_BASE")),
            SessionKeys = settings.Text("GRANARY_SESSION_KEYS"),
            SessionLifetime = settings.Seconds("GRANARY_SESSION_LIFETIME", defaults.SessionLifetime, min: 60),
            CallTimeout = settings.Seconds("GRANARY_CALL_TIMEOUT", defaults.CallTimeout),
            MaxCallsPerTenant = settings.Number("GRANARY_MAX_CALLS_PER_TENANT", defaults.MaxCallsPerTenant, 1, 1_000_000),
            MaxCallsPerKey = settings.Number("GRANARY_MAX_CALLS_PER_KEY", 256, 1, 1_000_000),
            // Off without authentication: all callers are one.
            RatePerKey = settings.Number("GRANARY_RATE_PER_KEY", limited ? 100 : 0, 0, 1_000_000),
            BurstPerKey = settings.Number("GRANARY_BURST_PER_KEY", defaults.BurstPerKey, 1, 10_000_000),
            RatePerTenant = settings.Number("GRANARY_RATE_PER_TENANT", limited ? 500 : 0, 0, 1_000_000),
            BurstPerTenant = settings.Number("GRANARY_BURST_PER_TENANT", defaults.BurstPerTenant, 1, 10_000_000),
            BytesPerTenant = settings.Number("GRANARY_BYTES_PER_TENANT", limited ? 20_000_000 : 0, 0, 500_000_000),
            MaxVaultsPerTenant = settings.Number("GRANARY_MAX_VAULTS_PER_TENANT", 10_000, 0, 10_000_000),
            MaxEventsPerVault = settings.Number("GRANARY_MAX_EVENTS_PER_VAULT", 0, 0, int.MaxValue),
            Holds = LegalHoldReader.Read(settings),
            MaxStreamsPerTenant = settings.Number("GRANARY_MAX_STREAMS_PER_TENANT", defaults.MaxStreamsPerTenant, 1, 1_000_000),
            MaxStreamsPerKey = settings.Number("GRANARY_MAX_STREAMS_PER_KEY", defaults.MaxStreamsPerKey, 1, 1_000_000),
            MaxSessionsPerTenant = settings.Number("GRANARY_MAX_SESSIONS_PER_TENANT", defaults.MaxSessionsPerTenant, 1, 1_000_000),
            MaxSessionsPerKey = settings.Number("GRANARY_MAX_SESSIONS_PER_KEY", defaults.MaxSessionsPerKey, 1, 1_000_000),
            MaxConnections = settings.Number("GRANARY_MAX_CONNECTIONS", defaults.MaxConnections, 10, 1_000_000),
            MaxConnectionsPerAddress = settings.Number("GRANARY_MAX_CONNECTIONS_PER_ADDRESS", 0, 0, 1_000_000),
            AllowOneShot = settings.Flag("GRANARY_ONE_SHOT", defaults.AllowOneShot),
            CompressLists = settings.Flag("GRANARY_COMPRESS_LISTS", defaults.CompressLists),
            ReadOnly = given.GetValue(flags.ReadOnly) || settings.Flag("GRANARY_READ_ONLY", false),
            AccessLog = settings.Flag("GRANARY_ACCESS_LOG", limited),
            Audit = given.GetValue(flags.Audit) || settings.Flag("GRANARY_AUDIT", false),
            AuditRequired = settings.List("GRANARY_AUDIT_REQUIRED"),
            TrustedProxies = WebNames.Networks(settings.List("GRANARY_TRUSTED_PROXIES")),
            Instana = ReadInstana(flags, given, settings, sources),
            UnknownSettings = UnknownSettings.Describe([.. variables ?? [], .. sources.Own]),
        };
    }

    /// <summary>Flags stand in for the variables of the same meaning; the Instana room reads and checks them all.</summary>
    private static InstanaOptions ReadInstana(CommandLine flags, ParseResult given, Settings settings, SettingSources sources)
    {
        CheckToken(flags, given, sources);
        var verify = given.GetResult(flags.VerifySsl) is null ? null : given.GetValue(flags.VerifySsl) ?? "true";
        if (verify is not null && Settings.ParseFlag(verify) is null)
            throw new InvalidDataException($"--verify-ssl is true or false; it is '{verify}'.");
        var over = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["INSTANA_BASE_URL"] = given.GetValue(flags.BaseUrl),
            // A flag wins over either variable.
            [InstanaOptionsReader.TokenVariable] = given.GetValue(flags.ApiToken) ?? (given.GetValue(flags.ApiTokenFile) is null ? null : ""),
            [InstanaOptionsReader.TokenFileVariable] = given.GetValue(flags.ApiTokenFile) ?? (given.GetValue(flags.ApiToken) is null ? null : ""),
            ["INSTANA_SSL_VERIFY"] = verify,
            [InstanaOptionsReader.AllowedHostsVariable] = given.GetValue(flags.AllowedBackends),
        };
        return InstanaSettings.TryRead(name => over.GetValueOrDefault(name) ?? settings.Text(name), out var options, out var problems)
            ? options
            : throw new InvalidDataException(string.Join(" ", problems));
    }

    /// <summary>
    /// A token goes only where its own source says: the author of the file may not be the person who set the environment, and an address, a certificate or a
    /// switched-off check of the one would take the other's token.
    /// </summary>
    private static void CheckToken(CommandLine flags, ParseResult given, SettingSources sources)
    {
        CheckToken(InstanaOptionsReader.TokenVariable, flags.ApiToken, flags, given, sources);
        CheckToken(InstanaOptionsReader.TokenFileVariable, flags.ApiTokenFile, flags, given, sources);
    }

    private static void CheckToken(string token, Option<string?> tokenFlag, CommandLine flags, ParseResult given, SettingSources sources)
    {
        if (SourceOf(token, tokenFlag) is not { } source)
            return;
        foreach (var (name, flag) in (IEnumerable<(string, Option<string?>?)>)[
            ("INSTANA_BASE_URL", flags.BaseUrl), ("INSTANA_SSL_VERIFY", flags.VerifySsl), ("INSTANA_CA_BUNDLE", null)])
        {
            // What comes with the start of the program may be stricter or more lax with what the file brings: the same person named the file.
            if (SourceOf(name, flag) is { } other && other != source && (other == SettingSource.File || name == "INSTANA_BASE_URL"))
            {
                throw new InvalidDataException(
                    $"{token} is set {sources.Describe(source)} and {name} {sources.Describe(other)}: a token is sent only where its own source says. Set both in one place.");
            }
        }

        SettingSource? SourceOf(string name, Option<string?>? flag) =>
            flag is not null && given.GetResult(flag) is { Implicit: false } ? SettingSource.Start : sources.SourceOf(name);
    }

    /// <summary>The variable of the reference's compose file. Beyond one machine vaults are in Redis, and no folder is served.</summary>
    private static string? ReadMounted(Shape shape, string? path)
    {
        if (path is null)
            return null;
        if (shape != Shape.Standalone)
            throw new InvalidDataException("PROVARA_VAULT_PATH is served by a standalone gateway only; bring the folder in with: vaults import --from FOLDER.");
        return VaultName.TryParse(path, out _, out var problem)
            ? path
            : throw new InvalidDataException($"PROVARA_VAULT_PATH is '{path}': {problem.Replace("vault_path", "it", StringComparison.Ordinal)}");
    }

    private static string ReadHost(string host) => host == "localhost" || System.Net.IPAddress.TryParse(host, out _)
        ? host
        : throw new InvalidDataException($"--host (GRANARY_HOST) is an IP address or 'localhost', for example 0.0.0.0; it is '{host}'.");

    private static string? ReadDefaultVault(string? name) => name is null || VaultName.TryParse(name, out _, out var problem)
        ? name
        : throw new InvalidDataException($"GRANARY_DEFAULT_VAULT is '{name}': {problem.Replace("vault_path", "it", StringComparison.Ordinal)}");

    private static string? ReadLogOrigin(string? origin) => origin is null || (origin.Length <= 64 && !origin.EndsWith('/') && NoteKey.IsName(origin))
        ? origin
        : throw new InvalidDataException(
            $"GRANARY_LOG_ORIGIN is an address without scheme and without '/' at its end, for example log.example.com/acme, of at most 64 characters; "
            + $"it is '{origin}'.");

    private static string? ReadWitnessName(string? name) => name is null || NoteKey.IsName(name)
        ? name
        : throw new InvalidDataException($"GRANARY_WITNESS_NAME has no spaces and no '+', for example witness.example.com; it is '{name}'.");

    /// <returns>Whether it is stdio.</returns>
    private static bool ReadTransport(string? transport) => transport switch
    {
        null or "streamable-http" or "http" => false,
        "stdio" => true,
        _ => throw new InvalidDataException($"--transport (GRANARY_TRANSPORT) is streamable-http or stdio; it is '{transport}'."),
    };

    private static Shape ReadShape(Settings settings) => settings.Text("GRANARY_SHAPE") switch
    {
        null or "standalone" => Shape.Standalone,
        "cluster" => Shape.Cluster,
        "replicas" => throw new InvalidDataException(
            "GRANARY_SHAPE=replicas no longer exists: use GRANARY_SHAPE=cluster, where silos hold the vaults of the same Redis (see deploy/README.md)."),
        var other => throw new InvalidDataException($"GRANARY_SHAPE is standalone or cluster; it is '{other}'."),
    };

    /// <summary>Silos hold the vaults' keys in a cluster; its gateways keep the sessions' key in Redis, wrapped by the cluster's secret, and need no key-encryption key.</summary>
    private static RedisSettings? ReadRedis(Shape shape, Settings settings)
    {
        if (shape == Shape.Standalone)
            return null;
        var redis = RedisSettingsReader.Read(settings, holdsVaultKeys: false);
        return redis.Keys is not null || settings.Text("GRANARY_SESSION_KEYS") is not null || ClusterSecret.Read(settings) is not null
            ? redis
            : throw new InvalidDataException(
                "A gateway of a cluster needs GRANARY_CLUSTER_SECRET (GRANARY_CLUSTER_SECRET_FILE), by which the sessions' key is kept in Redis, or GRANARY_SESSION_KEYS. "
                + "Make one with: openssl rand -base64 32");
    }

    private static int? ReadSecondPort(int? given, Settings settings, int first)
    {
        var second = Port("--second-port", given) ?? settings.Number("GRANARY_SECOND_PORT", 0, 0, 65535);
        return second != first || second == 0
            ? (second == 0 ? null : second)
            : throw new InvalidDataException($"--second-port (GRANARY_SECOND_PORT) is another port than --port (PORT); both are {first}.");
    }

    private static int? ReadHttp2Port(Settings settings, int first) => settings.Number("GRANARY_HTTP2_PORT", 0, 0, 65535) switch
    {
        0 => null,
        var port when port == first => throw new InvalidDataException(
            $"GRANARY_HTTP2_PORT is another port than --port (PORT), which speaks HTTP/1.1; both are {port}."),
        var port => port,
    };

    private static int? Port(string flag, int? given) =>
        given is null or (>= 0 and <= 65535) ? given : throw new InvalidDataException($"{flag} is a number from 0 to 65535; it is {given}.");

    private static string[]? Split(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
