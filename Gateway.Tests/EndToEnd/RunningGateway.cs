using Granary.Gateway.Configuration;
using Granary.Gateway.Hosting;
using Granary.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>The gateway of this process on a free loopback port. It can be stopped and started again over the same folder.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly Func<GatewayOptions, GatewayOptions> _change;
    private readonly CapturedLogs _logs = new();
    private WebApplication? _app;

    private RunningGateway(Func<GatewayOptions, GatewayOptions> change) => _change = change;

    /// <summary>A folder of this test, with the data folder in it.</summary>
    public string Home { get; } = Directory.CreateTempSubdirectory("granary-tools-").FullName;

    public string Data => Path.Combine(Home, "data");

    public ToolClient Client { get; private set; } = null!;

    /// <summary>Every line that was logged, at any level.</summary>
    public IEnumerable<string> Logged => _logs.All;

    public static async Task<RunningGateway> StartAsync(Func<GatewayOptions, GatewayOptions>? change = null)
    {
        var gateway = new RunningGateway(change ?? (o => o));
        try
        {
            await gateway.RunAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>A gateway with one open vault.</summary>
    public static async Task<RunningGateway> StartWithVaultAsync(string vault = "notes")
    {
        var gateway = await StartAsync();
        (await gateway.Client.CallAsync("init_vault", $$"""{"vault_path":"{{vault}}"}""")).Success();
        return gateway;
    }

    public ToolClient NewClient(params (string Name, string Value)[] headers) => new(Client.Root, headers);

    /// <summary>Stops it in order, lets the test do what it wants to the data, and starts another one over the same folder.</summary>
    public async Task RestartAsync(Action? meanwhile = null)
    {
        await StopAsync();
        meanwhile?.Invoke();
        await RunAsync();
    }

    public async Task StopAsync()
    {
        Client?.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await StopAsync();
        Directory.Delete(Home, recursive: true);
    }

    private async Task RunAsync()
    {
        var options = _change(new GatewayOptions
        {
            Port = 0,
            DataFolder = Data,
            LogLevel = LogLevel.Trace,
            ShutdownTimeout = TimeSpan.FromSeconds(10),
        });
        _app = GatewayHost.Build(options, services =>
        {
            services.RemoveAll<ILoggerProvider>();
            services.AddSingleton<ILoggerProvider>(_logs);
        });
        await _app.StartAsync();
        Client = new ToolClient(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
    }
}
