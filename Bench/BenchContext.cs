using Granary.Bench.Processes;
using Granary.Bench.Reports;

namespace Granary.Bench;

/// <summary>What every scenario needs.</summary>
internal sealed record BenchContext(BenchOptions Options, Layout Layout, Machine Machine)
{
    /// <summary>Starts the gateway with its vaults under a folder.</summary>
    public Task<ServerProcess> StartGatewayAsync(string folder, int? core, CancellationToken cancellation)
    {
        string[] arguments = ["--data", Path.Combine(folder, "vaults"), .. Options.ServerArguments];
        return ServerProcess.StartAsync(Layout.Gateway, port => ["--port", $"{port}", .. arguments], core, cancellation);
    }

    /// <summary>Starts the server with the stub tool, on the servers' core.</summary>
    public Task<ServerProcess> StartToolsAsync(CancellationToken cancellation) =>
        ServerProcess.StartAsync(Layout.Tools, port => ["--port", $"{port}", .. Options.ServerArguments], 0, cancellation);

    /// <summary>Says what is going on, on standard error: standard output is the result.</summary>
    public static void Say(string text) => Console.Error.WriteLine($"   {text}");
}
