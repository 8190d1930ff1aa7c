using Granary.Scenarios;
using Granary.Scenarios.Results;
using Granary.Scenarios.Setup;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    // The first Ctrl+C takes the cluster down, the second ends us.
    e.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};
if (args is ["--help" or "-h", ..])
{
    Console.WriteLine(Options.Usage);
    return 0;
}
try
{
    return await new ScenarioRunner(Options.Parse(args), Repository.Find()).RunAsync(stop.Token);
}
catch (ScenarioException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
