using System.Runtime.InteropServices;
using Granary.Bench;
using Granary.Bench.Builds;
using Granary.Bench.Floor;
using Granary.Bench.Peers;
using Granary.Bench.Setup;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    // The first Ctrl+C ends the servers we started, the second ends us.
    e.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});
try
{
    if (args is ["--floor", var port])
        return await FloorServer.RunAsync(int.Parse(port), stop.Token);
    if (args is ["--worker", var folder])
        return await Worker.RunAsync(folder, stop.Token);
    if (args is ["--sdk", var sdkPort, var mode, var tool])
        return await SdkServer.RunAsync(int.Parse(sdkPort), mode, tool, stop.Token);
    return await BenchRunner.RunAsync(BenchOptions.Parse(args), stop.Token);
}
catch (BenchException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
