using System.Net;
using Granary.Grains.Hosting;
using Granary.Grains.Redis;
using Granary.Hosting.Lifecycle;
using Granary.Instana.Connections;
using Granary.Tenants.Hosting;
using Granary.Vault.Redis.Connections;

namespace Granary.Silo.Configuration;

/// <summary>How a silo runs; all of it from the environment.</summary>
public sealed record SiloSettings : ProgramSettings
{
    /// <summary>The defaults.</summary>
    public SiloSettings()
    {
    }

    internal SiloSettings(ProgramSettings common) : base(common)
    {
    }

    /// <summary>The cluster it joins.</summary>
    public required ClusterSettings Cluster { get; init; }

    /// <summary>Where vaults lie and what wraps their keys.</summary>
    public required RedisSettings Redis { get; init; }

    /// <summary>The address other processes reach it by.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port for other silos.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>The port it listens on for other silos, where that is not the one they reach it by.</summary>
    public int SiloListenPort { get; init; } = 11111;

    /// <summary>The port for gateways.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>The address of the health endpoints.</summary>
    public IPAddress HealthAddress { get; init; } = IPAddress.Loopback;

    /// <summary>The port of the health endpoints; 0 takes a free one.</summary>
    public int HealthPort { get; init; } = 8081;

    /// <summary>The file with the authorities that stamp vaults' heads; null for none.</summary>
    public string? AnchorFile { get; init; }

    /// <summary>The port of Orleans' dashboard; null for none.</summary>
    public int? AdminPort { get; init; }

    /// <summary>What the dashboard asks for.</summary>
    public string? AdminKey { get; init; }

    /// <summary>After how long without a call an activation is collected.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How many calls of one tenant may be under way in this silo.</summary>
    public int MaxCallsPerTenant { get; init; } = 1024;

    /// <summary>How many vaults one tenant may have; 0 for any number.</summary>
    public int MaxVaultsPerTenant { get; init; }

    /// <summary>How many events one vault may have; 0 for any number.</summary>
    public int MaxEventsPerVault { get; init; }

    /// <summary>The vaults of which nothing may be destroyed.</summary>
    public LegalHolds Holds { get; init; } = LegalHolds.None;

    /// <summary>How many calls of all tenants may be.</summary>
    public int MaxCalls { get; init; } = 4096;

    /// <summary>How long a probe of another silo may take; a silo that hangs is given up after three, while one whose process is gone is found without.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>When full segments leave Redis, where there is an archive.</summary>
    public ArchivePolicy Archive { get; init; } = ArchivePolicy.Usual;

    /// <summary>How backends are reached.</summary>
    public InstanaOptions Instana { get; init; } = new();
}
