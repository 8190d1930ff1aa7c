using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;

namespace Granary.Bench.Shapes;

/// <summary>What every scenario needs.</summary>
internal sealed record BenchContext(BenchOptions Options, Layout Layout, Machine Machine)
{
    /// <summary>Starts the gateway with its vaults under a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="core">The core it may use; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="dll">Another assembly than this build's.</param>
    /// <param name="environment">What it finds in its environment: another shape.</param>
    /// <param name="more">More arguments.</param>
    public Task<ServerProcess> StartGatewayAsync(
        string folder,
        int? core,
        CancellationToken cancellation,
        string? dll = null,
        IEnumerable<(string Name, string Value)>? environment = null,
        IEnumerable<string>? more = null)
    {
        string[] arguments = ["--data", Path.Combine(folder, "vaults"), .. more ?? [], .. Options.ServerArguments];
        return ServerProcess.StartAsync(dll ?? Layout.Gateway, port => ["--port", $"{port}", .. arguments], core, cancellation, _ => environment ?? []);
    }

    /// <summary>Starts the Instana look-alike, with calls enough for any load.</summary>
    /// <param name="core">The core it may use; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<ServerProcess> StartSimulatorAsync(int? core, CancellationToken cancellation) =>
        ServerProcess.StartCommandAsync("dotnet", port => [Layout.Simulator, "--port", $"{port}", "--calls-per-hour", "1000000000"], core, cancellation);

    /// <summary>Starts the server with the stub tool, on the servers' core.</summary>
    public Task<ServerProcess> StartToolsAsync(CancellationToken cancellation, IEnumerable<(string Name, string Value)>? environment = null) =>
        ServerProcess.StartAsync(Layout.Tools, port => ["--port", $"{port}", .. Options.ServerArguments], 0, cancellation, _ => environment ?? []);
}
