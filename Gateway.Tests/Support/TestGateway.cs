using Granary.Gateway.Configuration;
using Granary.Gateway.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Granary.Gateway.Tests.Support;

/// <summary>The real gateway on a free loopback port, with the test plug-ins; what it logs is kept.</summary>
public sealed class TestGateway : IAsyncLifetime, IAsyncDisposable
{
    private readonly Func<GatewayOptions, GatewayOptions> _change;
    private readonly Action<IServiceCollection>? _configure;
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-gtests-").FullName;
    private WebApplication? _app;
    private Task _starting = Task.CompletedTask;

    /// <summary>The gateway as it runs by default; xunit makes this one.</summary>
    public TestGateway()
        : this(o => o)
    {
    }

    private TestGateway(Func<GatewayOptions, GatewayOptions> change, Action<IServiceCollection>? configure = null)
    {
        _change = change;
        _configure = configure;
    }

    internal McpHttp Http { get; private set; } = null!;

    internal Uri Root { get; private set; } = null!;

    internal int Port => Root.Port;

    /// <summary>The port that speaks TLS.</summary>
    internal Uri TlsRoot => new(Addresses.First(address => address.StartsWith("https:", StringComparison.Ordinal)));

    private ICollection<string> Addresses => _app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    internal CapturedLogs Logs { get; } = new();

    /// <summary>The start of the host; a gateway of a cluster starts for as long as no silo trusts it.</summary>
    internal Task Starting => _starting;

    internal IServiceProvider Services => _app!.Services;

    internal T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A gateway of its own, for a test that changes how it runs.</summary>
    internal static async Task<TestGateway> StartAsync(Func<GatewayOptions, GatewayOptions> change, Action<IServiceCollection>? configure = null)
    {
        var gateway = new TestGateway(change, configure);
        try
        {
            await gateway.InitializeAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    public async Task InitializeAsync()
    {
        var options = _change(new GatewayOptions
        {
            Port = 0,
            DataFolder = _folder,
            LogLevel = LogLevel.Information,
            ShutdownTimeout = TimeSpan.FromSeconds(10),
        });
        _app = GatewayHost.Build(options, services =>
        {
            services.RemoveAll<ILoggerProvider>();
            services.AddSingleton<ILoggerProvider>(Logs);
            services.AddPlugins(typeof(TestGateway).Assembly);
            _configure?.Invoke(services);
        });
        _starting = _app.StartAsync();
        Root = await ListeningAsync();
        Http = new McpHttp(Root);
    }

    // The server listens before the host has started: a gateway of a cluster waits for silos, and answers its probes meanwhile.
    private async Task<Uri> ListeningAsync()
    {
        var addresses = Addresses;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        bool Listens() => !addresses.All(address => address.EndsWith(":0", StringComparison.Ordinal));
        while (!_starting.IsCompleted && !Listens())
            await Task.Delay(10, limit.Token);
        // A gateway that listens may still be refused by a silo, at once or later: Starting tells.
        if (!Listens())
            await _starting;
        return new Uri(addresses.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
    }

    /// <summary>Stops the gateway as the host would.</summary>
    internal Task StopAsync() => _app!.StopAsync();

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    public async Task DisposeAsync()
    {
        Http?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>One gateway for all tests that leave it as they found it.</summary>
[CollectionDefinition(Name)]
public sealed class SharedGateway : ICollectionFixture<TestGateway>
{
    internal const string Name = "shared gateway";
}

/// <summary>Tests that change what belongs to the whole process: the console, the working directory, the environment.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWide
{
    internal const string Name = "process-wide";
}
