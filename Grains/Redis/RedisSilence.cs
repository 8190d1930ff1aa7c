namespace Granary.Grains.Redis;

/// <summary>
/// Whether Redis is silent, for calls that wait. Orleans asks Redis where a grain is and repeats the question for as long as the call lives, so a call to a grain that its
/// silo does not know would wait for a Redis that hangs until its time is up.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A token source without timer or wait handle holds nothing to dispose.")]
public sealed class RedisSilence
{
    private CancellationTokenSource _begun = new();

    /// <summary>True while Redis has not answered for longer than a pulse excuses.</summary>
    public bool IsSilent => Volatile.Read(ref _begun).IsCancellationRequested;

    /// <summary>Cancelled when the silence begins, and while it lasts; the next silence has another.</summary>
    public CancellationToken Begun => Volatile.Read(ref _begun).Token;

    /// <summary>Takes note of whether Redis answers.</summary>
    public void Heard(bool answers)
    {
        // Not disposed: calls may still be looking at it, and it holds nothing.
        if (!answers)
            Volatile.Read(ref _begun).Cancel();
        else if (IsSilent)
            Volatile.Write(ref _begun, new CancellationTokenSource());
    }
}
