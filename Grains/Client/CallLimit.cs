namespace Granary.Grains.Client;

/// <summary>
/// Ends one attempt: with its caller, at the end of its time, and with a connection that may have carried it. What must not be repeated is waited for a little longer
/// then: where another silo has it, that one answers within a turn.
/// </summary>
internal sealed class CallLimit : IDisposable
{
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _loss;

    public CallLimit(TimeSpan left, TimeSpan afterLoss, CancellationToken loss, CancellationToken cancellation)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _end.CancelAfter(left);
        _loss = afterLoss == TimeSpan.Zero
            ? loss.UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), _end)
            : loss.UnsafeRegister(_ => _end.CancelAfter(afterLoss < left ? afterLoss : left), null);
    }

    public CancellationToken Token => _end.Token;

    public void Dispose()
    {
        // First, and waits for a callback under way: it uses the other.
        _loss.Dispose();
        _end.Dispose();
    }
}
