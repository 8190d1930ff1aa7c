using Granary.Simulator;

if (SimulatorCommandLine.Read(args) is not { } options)
{
    await Console.Error.WriteLineAsync(SimulatorCommandLine.Usage);
    return 2;
}
await using var host = await SimulatorHost.StartAsync(options);
await Console.Out.WriteLineAsync($"A simulated Instana backend listens on {host.Url}");
await host.WaitForShutdownAsync();
return 0;
