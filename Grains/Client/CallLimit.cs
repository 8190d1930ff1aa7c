namespace Granary.Grains.Client;

/// <summary>
/// Ends one attempt: with its caller, at the end of its time, and with a connection that may have carried it. What must not be repeated is waited for a little longer
/// then: where another silo has it, that one answers within a turn. As long is waited when Redis falls silent: a silo that works on the call says so within a turn.
/// </summary>
internal sealed class CallLimit : IDisposable
{
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _loss;
    private readonly CancellationTokenRegistration _silence;

    /// <param name="left">The call's time.</param>
    /// <param name="after">How long is waited for what may be answered all the same.</param>
    /// <param name="mayRepeat">Whether a lost connection is reason enough to end at once.</param>
    /// <param name="loss">A connection is lost.</param>
    /// <param name="silence">Redis is silent.</param>
    /// <param name="cancellation">The caller's.</param>
    public CallLimit(TimeSpan left, TimeSpan after, bool mayRepeat, CancellationToken loss, CancellationToken silence, CancellationToken cancellation)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _end.CancelAfter(left);
        var least = after < left ? after : left;
        _loss = mayRepeat
            ? loss.UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), _end)
            : loss.UnsafeRegister(_ => _end.CancelAfter(least), null);
        _silence = silence.UnsafeRegister(_ => _end.CancelAfter(least), null);
    }

    public CancellationToken Token => _end.Token;

    public void Dispose()
    {
        // First, and waits for a callback under way: it uses the other.
        _loss.Dispose();
        _silence.Dispose();
        _end.Dispose();
    }
}
