using System.Runtime.InteropServices;
using Granary.Hosting.Health;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Hosting.Lifecycle;

/// <summary>
/// What signals do. On SIGTERM: not ready first, then time for load balancers to notice, then the stop. It stands in for the host's console lifetime, which
/// stops at once.
/// </summary>
public sealed partial class SignalLifetime(
    IHostApplicationLifetime lifetime, ProgramSettings settings, ProgramState state, TimeProvider time, ILogger<SignalLifetime> log) : IHostLifetime, IDisposable
{
    private readonly ILogger<SignalLifetime> _log = log;
    private readonly List<PosixSignalRegistration> _signals = [];

    /// <inheritdoc />
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Stop(c, settings.DrainDelay)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Stop(c, TimeSpan.Zero)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, c => Stop(c, TimeSpan.Zero)));
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
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
