using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Granary.Gateway.Configuration;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Granary.Testing.Redis;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Gateway.Tests.Support;

/// <summary>Gateways of one endpoint: they share a Redis, the session keys and the tenants, and know nothing else of each other.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-replicas-").FullName;
    private readonly string _keys = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly List<(TestGateway Gateway, RedisLink Link)> _running = [];
    private readonly Func<GatewayOptions, GatewayOptions> _change;
    private readonly InProcessTenants _tenants;

    private Replicas(Func<GatewayOptions, GatewayOptions> change)
    {
        _change = change;
        _tenants = new InProcessTenants(new InProcessTenantsOptions { DataFolder = _folder }, TimeProvider.System, NullLogger<InProcessTenants>.Instance);
    }

    public RedisServer Redis { get; } = new();

    public ITenants Tenants => _tenants;

    public TestGateway this[int index] => _running[index].Gateway;

    public static async Task<Replicas> StartAsync(int count = 2, Func<GatewayOptions, GatewayOptions>? change = null)
    {
        var replicas = new Replicas(change ?? (o => o));
        try
        {
            for (var i = 0; i < count; i++)
                await replicas.AddAsync();
            return replicas;
        }
        catch
        {
            // Nobody else would stop the Redis.
            await replicas.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more.</summary>
    public async Task<TestGateway> AddAsync()
    {
        var link = RedisLink.Connect(Redis.Configuration);
        var gateway = await TestGateway.StartAsync(o => _change(o with { SessionKeys = _keys }), services =>
        {
            services.AddSingleton(link);
            services.RemoveAll<ITenants>();
            services.AddSingleton<ITenants>(_tenants);
        });
        _running.Add((gateway, link));
        return gateway;
    }

    /// <summary>Stops one in order; those behind it move up.</summary>
    public async Task StopAsync(int index)
    {
        var (gateway, link) = _running[index];
        await gateway.StopAsync();
        await gateway.DisposeAsync();
        link.Dispose();
        _running.RemoveAt(index);
    }

    /// <summary>Cuts one off from Redis and so from the others: to them it is gone.</summary>
    public void CutOff(int index) => _running[index].Link.Dispose();

    /// <summary>Stops all of them, and starts as many new ones.</summary>
    public async Task RestartAsync()
    {
        var count = _running.Count;
        while (_running.Count > 0)
            await StopAsync(0);
        for (var i = 0; i < count; i++)
            await AddAsync();
    }

    public async Task CreateVaultAsync(string name) =>
        await Tenants.Vault(TenantId.Default, VaultName.Parse(name)).CreateAsync(CancellationToken.None);

    /// <summary>Appends through a gateway, as a client does.</summary>
    public async Task AppendAsync(int gateway, string vault) => (await this[gateway].Http.CallAsync(
        "append_event", $$$"""{"vault_path":"{{{vault}}}","event_type":"note","data":{"n":1}}""")).ShouldSucceed();

    /// <summary>How often Redis carried out a command.</summary>
    public long Calls(string command)
    {
        using var client = new TcpClient("127.0.0.1", Redis.Port);
        using var stream = client.GetStream();
        stream.Write("INFO commandstats\r\n"u8);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var rest = int.Parse(reader.ReadLine()![1..], CultureInfo.InvariantCulture);
        while (rest > 0)
        {
            var line = reader.ReadLine()!;
            rest -= line.Length + 2;
            var start = $"cmdstat_{command}:calls=";
            if (line.StartsWith(start, StringComparison.Ordinal))
                return long.Parse(line[start.Length..line.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        }
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        while (_running.Count > 0)
            await StopAsync(0);
        await _tenants.DisposeAsync();
        Redis.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
