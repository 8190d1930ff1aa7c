using Granary.Gateway.Audit;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Stdio;
using Granary.Gateway.Tools;
using Granary.Hosting.Configuration;
using Granary.Hosting.Telemetry;
using System.Runtime.InteropServices;

namespace Granary.Gateway.Hosting;

/// <summary>Runs the same gateway over standard input and output.</summary>
internal static class StdioHost
{
    public static async Task RunAsync(GatewayOptions options, Action<IServiceCollection>? configure, CancellationToken stop)
    {
        if (options.Shape != Shape.Standalone)
            throw new InvalidDataException("Over stdio a gateway runs alone: leave GRANARY_SHAPE out, or use --transport streamable-http (GRANARY_TRANSPORT).");
        if (options.Instana is { Environment: not { BaseUrl: not null, ApiToken: not null }, Units.Count: 0 })
        {
            // Standard output is the protocol's; the vault tools work all the same.
            await Console.Error.WriteLineAsync(
                "Instana tools have no credentials: set INSTANA_API_TOKEN and INSTANA_BASE_URL (or --api-token and --base-url), or INSTANA_UNITS. Vault tools work without.");
        }
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        // To standard error: standard output is the protocol's.
        builder.Logging.AddConsoleLines(options.LogLevel, options.JsonLog);
        builder.Services.AddGateway(options);
        builder.AddTelemetry(options.Telemetry, GatewayHost.ServiceName, beginsTraces: true, metricsPort: null);
        configure?.Invoke(builder.Services);
        using var host = builder.Build();
        var audit = host.Services.GetRequiredService<AuditTrail>();
        audit.CheckRequired(host.Services.GetRequiredService<ToolCatalog>());
        UnknownSettings.Warn(host.Services.GetRequiredService<ILogger<StdioServer>>(), options.UnknownSettings);
        host.Services.StartTelemetry();
        using var signalled = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Stop(c, signalled));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Stop(c, signalled));
        await using var input = Console.OpenStandardInput();
        await using var output = Console.OpenStandardOutput();
        var serving = host.Services.GetRequiredService<StdioServer>().RunAsync(input, output, StandardOutput.Broken(), signalled.Token);
        await serving;
        using var limit = new CancellationTokenSource(options.ShutdownTimeout);
        await audit.FlushAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource signalled)
    {
        context.Cancel = true;
        signalled.Cancel();
    }
}
