using System.Net;

namespace Granary.Instana.Connections;

/// <summary>How backends are reached. The defaults are right for the vendor's cloud.</summary>
public sealed record InstanaOptions
{
    /// <summary>The hosts that may be called; a request for any other is refused before a socket is opened.</summary>
    public HostAllowList AllowedHosts { get; init; } = HostAllowList.Default;

    /// <summary>Networks in which a host may be that only a pattern allows, besides public addresses.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>The operator's own connection, from the environment or the command line; null where there is none.</summary>
    public InstanaEnvironment? Environment { get; init; }

    /// <summary>Further units of the operator's, by the alias that calls name them by.</summary>
    public IReadOnlyDictionary<string, InstanaEnvironment> Units { get; init; } = new Dictionary<string, InstanaEnvironment>();

    /// <summary>A file of what each tenant may call, and of credentials that are held for it; null for none.</summary>
    public string? TenantsFile { get; init; }

    /// <summary>One tenant's units whose credentials are held here, by alias. Requests without a credential of their own are served with them.</summary>
    public IReadOnlyDictionary<string, HeldUnit> Held { get; init; } = new Dictionary<string, HeldUnit>();

    /// <summary>The alias of the unit that serves a call which names none; null where there is only one, or none.</summary>
    public string? HeldDefault { get; init; }

    /// <summary>Lends the operator's own connection to HTTP requests that bring no credential. Off unless an operator says so.</summary>
    public bool SharedCredentials { get; init; }

    /// <summary>The longest a call may take, with all its retries.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Whether the backend's certificate is checked.</summary>
    public bool VerifyTls { get; init; } = true;

    /// <summary>Certificates in PEM form that are trusted instead of the system's.</summary>
    public string? CaBundle { get; init; }

    /// <summary>Whether catalogues may be kept for a while.</summary>
    public bool CacheEnabled { get; init; } = true;

    /// <summary>How long a catalogue is kept.</summary>
    public TimeSpan CacheTtl { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The longest answer that is read, in bytes after decompression.</summary>
    public int MaxResponseBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How many sockets may be open to one host.</summary>
    public int MaxConnectionsPerHost { get; init; } = 32;

    /// <summary>The longest wait for a socket.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When a socket is closed even if it works, so that a moved host is found.</summary>
    public TimeSpan PooledConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many redirects within the same origin a read may follow.</summary>
    public int MaxRedirects { get; init; } = 3;

    /// <summary>How many calls of one connection may be under way at once.</summary>
    public int MaxInFlight { get; init; } = 16;

    /// <summary>How many more may wait for their turn; beyond, a call is refused as busy.</summary>
    public int MaxWaiting { get; init; } = 64;

    /// <summary>When and how often a read is tried again.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>When a failing backend is left alone.</summary>
    public BreakerOptions Breaker { get; init; } = new();

    /// <summary>Whether an origin may be called: it is on the list, or it is the operator's own.</summary>
    /// <returns>A sentence that says why not; null when it may.</returns>
    public string? CheckHost(Uri origin) => IsOwn(origin) ? null : AllowedHosts.Check(origin);

    /// <summary>Whether an operator named this host, as a unit's or in the list.</summary>
    internal bool IsNamed(Uri origin) => IsOwn(origin) || AllowedHosts.Names(origin);

    private bool IsOwn(Uri origin) =>
        Environment?.IsFor(origin) == true || Units.Values.Any(unit => unit.IsFor(origin))
        || Held.Values.Any(unit => InstanaEnvironment.IsFor(unit.BaseUrl, origin));
}
