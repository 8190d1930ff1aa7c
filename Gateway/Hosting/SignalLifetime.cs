using System.Runtime.InteropServices;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;

namespace Granary.Gateway.Hosting;

/// <summary>
/// What signals do. It stands in for the host's console lifetime, which stops at once on SIGTERM and so would leave a load balancer no time.
/// </summary>
internal sealed partial class SignalLifetime(
    IHostApplicationLifetime lifetime, GatewayOptions options, GatewayState state, TimeProvider time, ILogger<SignalLifetime> log) : IHostLifetime, IDisposable
{
    private readonly ILogger<SignalLifetime> _log = log;
    private readonly List<PosixSignalRegistration> _signals = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Stop(c, options.DrainDelay)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Stop(c, TimeSpan.Zero)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, c => Stop(c, TimeSpan.Zero)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
    }

    // A person at a terminal does not wait for load balancers; and a second SIGTERM changes nothing.
    private void Stop(PosixSignalContext context, TimeSpan delay)
    {
        context.Cancel = true;
        if (delay == TimeSpan.Zero)
        {
            lifetime.StopApplication();
            return;
        }
        if (state.IsDraining)
            return;
        state.Drain();
        LogDraining(delay);
        _ = Task.Delay(delay, time, CancellationToken.None).ContinueWith(
            _ => lifetime.StopApplication(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: not ready from now on, still serving for {Delay}")]
    private partial void LogDraining(TimeSpan delay);
}
