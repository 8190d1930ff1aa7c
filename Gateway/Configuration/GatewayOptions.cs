using System.Net;
using Granary.Hosting.Configuration;
using Granary.Hosting.Lifecycle;
using Granary.Instana.Connections;
using Granary.Tenants.Hosting;
using Granary.Vault.Redis.Connections;

namespace Granary.Gateway.Configuration;

/// <summary>How a gateway runs: from flags, then the environment, then these defaults.</summary>
public sealed record GatewayOptions : ProgramSettings
{
    /// <summary>The defaults.</summary>
    public GatewayOptions()
    {
    }

    internal GatewayOptions(ProgramSettings common) : base(common)
    {
    }

    /// <summary>The categories that <c>--tools</c> knows, in the order they are listed (compatible with mcp-instana, plus <c>vault</c>).</summary>
    public static IReadOnlyList<string> Categories { get; } =
    [
        "vault", "app", "infra", "events", "automation", "website", "mobile_app", "settings", "slo", "releases", "maintenance", "synthetic", "log",
    ];

    /// <summary>Where tenants run and where their vaults lie.</summary>
    public Shape Shape { get; init; } = Shape.Standalone;

    /// <summary>The Redis of the shapes that have one.</summary>
    public RedisSettings? Redis { get; init; }

    /// <summary>Everything the environment says, for parts that only some builds have.</summary>
    public Settings Environment { get; init; } = new(_ => null);

    /// <summary>The address to listen on: an IP address or <c>localhost</c>.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; 0 takes a free one.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Whether the one client is at the other end of standard input and output; otherwise clients come over HTTP.</summary>
    public bool OverStdio { get; init; }

    /// <summary>A second port that serves the same; null for none. Provara's server listened on 8765, and its clients name <c>/sse</c> there.</summary>
    public int? SecondPort { get; init; }

    /// <summary>A port that serves the same over HTTP/2 without TLS, by prior knowledge; null for none.</summary>
    public int? Http2Port { get; init; }

    /// <summary>A port that serves the same over TLS; null for none.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>How many tenants measures tell apart; the others are counted together.</summary>
    public int MeasuredTenants { get; init; } = 100;

    /// <summary>Where vaults and the session keys are kept.</summary>
    public string DataFolder { get; init; } = "granary-data";

    /// <summary>The vault of the caller's tenant that a tool means where it may be left out and is.</summary>
    public string DefaultVault { get; init; } = "default";

    /// <summary>A folder outside the data folder that is served by its path (PROVARA_VAULT_PATH); null where there is none.</summary>
    public string? MountedVault { get; init; }

    /// <summary>The categories that are on; empty for all.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>The file with API keys; null lets everyone in as the one tenant <c>default</c>.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>The file with the issuers of access tokens; null where none are accepted.</summary>
    public string? IssuersFile { get; init; }

    /// <summary>The address at which clients reach this gateway, without <c>/mcp</c>: what access tokens are made for.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>What stands before <c>/tenant/vault</c> in the origins of vaults' logs; null for the public URL without its scheme.</summary>
    public string? LogOrigin { get; init; }

    /// <summary>The file with the witnesses that are asked to sign vaults' checkpoints; null for none.</summary>
    public string? WitnessFile { get; init; }

    /// <summary>The file with the authorities that stamp vaults' heads; null for none.</summary>
    public string? AnchorFile { get; init; }

    /// <summary>The PEM file with the key by which this gateway is a witness of other logs; null where it is none.</summary>
    public string? WitnessKeyFile { get; init; }

    /// <summary>Its name as a witness.</summary>
    public string? WitnessName { get; init; }

    /// <summary>The file with the verifier keys of the logs it knows.</summary>
    public string? WitnessLogs { get; init; }

    /// <summary>Where it remembers what it signed; null for a folder in the data folder.</summary>
    public string? WitnessFolder { get; init; }

    /// <summary>The file that says what tenants and keys may do beyond and below their scopes; null for none.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>True when callers have to say who they are.</summary>
    public bool Authenticates => ApiKeyFile is not null || IssuersFile is not null;

    /// <summary>Lets a gateway without access control listen beyond loopback.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>Host names that requests may name besides loopback's.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins of browser pages that may call, for example <c>https://inspector.example.com</c>.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Base64 keys that seal session ids, the first one in force; null keeps one in the data folder.</summary>
    public string? SessionKeys { get; init; }

    /// <summary>How long a legacy session lives.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a call may take.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(200);

    /// <summary>After how long a quiet answer begins its stream, and how often a quiet stream gets a comment.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The largest request body, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many calls of one tenant may run at once.</summary>
    public int MaxCallsPerTenant { get; init; } = 1024;

    /// <summary>How many calls of one API key may run at once.</summary>
    public int MaxCallsPerKey { get; init; } = 1024;

    /// <summary>How many requests a second one key may send; 0 for any number.</summary>
    public int RatePerKey { get; init; }

    /// <summary>How many of them may come at once after a quiet time.</summary>
    public int BurstPerKey { get; init; } = 300;

    /// <summary>How many requests a second all keys of one tenant may send; 0 for any number.</summary>
    public int RatePerTenant { get; init; }

    /// <summary>How many of them may come at once after a quiet time.</summary>
    public int BurstPerTenant { get; init; } = 1500;

    /// <summary>How many bytes of requests a second one tenant may send; 0 for any number.</summary>
    public int BytesPerTenant { get; init; }

    /// <summary>How long silos are waited for that count these limits for all gateways, before a gateway counts for itself.</summary>
    public TimeSpan LimitPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many vaults one tenant may have; 0 for any number.</summary>
    public int MaxVaultsPerTenant { get; init; }

    /// <summary>How many events one vault may have; 0 for any number.</summary>
    public int MaxEventsPerVault { get; init; }

    /// <summary>The vaults of which nothing may be destroyed.</summary>
    public LegalHolds Holds { get; init; } = LegalHolds.None;

    /// <summary>How many event streams of one tenant may be open at once.</summary>
    public int MaxStreamsPerTenant { get; init; } = 1_000;

    /// <summary>How many event streams of one API key may be open at once.</summary>
    public int MaxStreamsPerKey { get; init; } = 100;

    /// <summary>How many legacy sessions of one tenant may have subscriptions or a log level; four times as many ended ones are remembered.</summary>
    public int MaxSessionsPerTenant { get; init; } = 25_000;

    /// <summary>How many of one API key.</summary>
    public int MaxSessionsPerKey { get; init; } = 10_000;

    /// <summary>How many connections may be open at once; one more is closed at once.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>How many of them one client address may have, trusted proxies aside; 0 for any number.</summary>
    public int MaxConnectionsPerAddress { get; init; }

    /// <summary>A path in front of the gateway's own, which a proxy passes on; empty for none.</summary>
    public string PathBase { get; init; } = "";

    /// <summary>Serves requests without session and revision as 2025-03-26, for clients of one-shot servers.</summary>
    public bool AllowOneShot { get; init; } = true;

    /// <summary>Compresses lists for clients that accept it.</summary>
    public bool CompressLists { get; init; }

    /// <summary>Refuses every operation that changes something at an Instana backend.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether each call is a line in the log.</summary>
    public bool AccessLog { get; init; }

    /// <summary>Whether calls of tools are recorded in each tenant's audit vault.</summary>
    public bool Audit { get; init; }

    /// <summary>The tools that are called only when their call can be recorded; <c>*</c> for all.</summary>
    public IReadOnlyList<string> AuditRequired { get; init; } = [];

    /// <summary>Proxies, as addresses or networks, whose <c>X-Forwarded-For</c> is believed.</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>How the gateway reaches Instana backends.</summary>
    public InstanaOptions Instana { get; init; } = new();

    /// <summary>True when only this machine can reach the gateway.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Whether a plug-in with these categories is on.</summary>
    public bool Selects(IReadOnlyList<string> categories) => Tools.Count == 0 || categories.Count == 0 || categories.Any(Tools.Contains);
}

/// <summary>How tenants are hosted.</summary>
public enum Shape
{
    /// <summary>In this process, vaults in files.</summary>
    Standalone,

    /// <summary>In silos, vaults in Redis.</summary>
    Cluster,
}
