using System.Net;
using System.Net.Sockets;
using Granary.Grains.Connections;
using Granary.Grains.Hosting;
using Granary.Grains.Redis;
using Granary.Hosting.Configuration;
using Granary.Hosting.Lifecycle;
using Granary.Instana.Connections;
using Granary.Tenants.Instana;
using Granary.Tenants.Vaults.Anchoring;
using Granary.Vault.S3;

namespace Granary.Silo.Configuration;

/// <summary>Reads a silo's options from the environment.</summary>
internal static class SiloSettingsReader
{
    /// <exception cref="InvalidDataException">A value is missing or cannot be used; the message names it and what it takes.</exception>
    public static SiloSettings Read(Func<string, string?> environment)
    {
        var settings = new Settings(environment);
        var cluster = ClusterSettings.Read(settings, ClusterRole.Silo);
        var siloPort = settings.Number("GRANARY_SILO_PORT", 11111, 1, 65535);
        var adminPort = settings.Number("GRANARY_ADMIN_PORT", 0, 0, 65535);
        var adminKey = settings.Text("GRANARY_ADMIN_KEY");
        if (adminPort != 0 && (adminKey is null || adminKey.Length < 16))
            throw new InvalidDataException(
                "GRANARY_ADMIN_PORT serves Orleans' dashboard, which shows everything: it needs GRANARY_ADMIN_KEY, 16 characters or more.");
        var healthPort = settings.Number("PORT", 8081, 0, 65535);
        var common = ProgramSettings.Read(settings);
        CheckDistinct(("PORT", healthPort), ("GRANARY_METRICS_PORT", common.MetricsPort ?? 0), ("GRANARY_ADMIN_PORT", adminPort));
        return new SiloSettings(common)
        {
            Cluster = cluster,
            Redis = RedisSettingsReader.Read(settings, openS3: S3Archive.Open),
            Address = settings.Text("GRANARY_SILO_ADDRESS") is { } own ? Address("GRANARY_SILO_ADDRESS", own) : Address("POD_IP", settings.Text("POD_IP") ?? "127.0.0.1"),
            SiloPort = siloPort,
            SiloListenPort = settings.Number("GRANARY_SILO_LISTEN_PORT", siloPort, 1, 65535),
            GatewayPort = settings.Number("GRANARY_SILO_GATEWAY_PORT", 30000, 1, 65535),
            HealthAddress = Address("GRANARY_HOST", settings.Text("GRANARY_HOST") ?? "127.0.0.1"),
            HealthPort = healthPort,
            AdminPort = adminPort == 0 ? null : adminPort,
            AdminKey = adminKey,
            IdleAfter = settings.Seconds("GRANARY_IDLE_AFTER", TimeSpan.FromMinutes(15), min: 2),
            MaxCallsPerTenant = settings.Number("GRANARY_MAX_CALLS_PER_TENANT", 1024, 1, 1_000_000),
            MaxVaultsPerTenant = settings.Number("GRANARY_MAX_VAULTS_PER_TENANT", 10_000, 0, 10_000_000),
            MaxEventsPerVault = settings.Number("GRANARY_MAX_EVENTS_PER_VAULT", 0, 0, int.MaxValue),
            Holds = LegalHoldReader.Read(settings),
            MaxCalls = settings.Number("GRANARY_MAX_CALLS", 4096, 1, 1_000_000),
            ProbeTimeout = settings.Seconds("GRANARY_PROBE_TIMEOUT", TimeSpan.FromSeconds(3), min: 1),
            AnchorFile = settings.Text(AnchorPlan.Variable),
            Archive = ArchiveSettingsReader.ReadPolicy(settings),
            Instana = ReadInstana(settings),
        };
    }

    /// <summary>What a port serves is decided by its number: two things on one would be one thing less.</summary>
    private static void CheckDistinct(params (string Name, int Port)[] ports)
    {
        foreach (var same in ports.Where(p => p.Port != 0).GroupBy(p => p.Port).Where(g => g.Count() > 1))
            throw new InvalidDataException($"{string.Join(" and ", same.Select(p => p.Name))} are different ports; they are {same.Key}.");
    }

    private static InstanaOptions ReadInstana(Settings settings) =>
        InstanaSettings.TryRead(settings.Text, out var options, out var problems)
            ? options
            : throw new InvalidDataException(string.Join(" ", problems));

    /// <summary>An address, or a name that has one: in a compose file a container knows its name only.</summary>
    private static IPAddress Address(string name, string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return address;
        try
        {
            var found = Dns.GetHostAddresses(text);
            return found.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{name} is an IP address or a name that has one, for example 10.0.0.5; it is '{text}'.", failure);
        }
    }
}
