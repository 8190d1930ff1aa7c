using Granary.Grains.Calls;

namespace Granary.Grains.Client;

/// <summary>
/// Bounds the repeats of one gateway, all calls together: silos that are slow or coming back meet a steady stream and not everybody at once. What is beyond the
/// budget waits for its turn; it does not fail.
/// </summary>
internal sealed class RepeatBudget(ClusterClientOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _left = options.RepeatBurst;
    private long _at = time.GetTimestamp();

    /// <summary>Takes a turn; the result is how long to wait for it.</summary>
    public TimeSpan Take()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(options.RepeatBurst, _left + (time.GetElapsedTime(_at, now).TotalSeconds * options.RepeatsPerSecond)) - 1;
            _at = now;
            GrainMetrics.Repeats.Add(1, new KeyValuePair<string, object?>("waited", _left < 0 ? "true" : "false"));
            return _left >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_left / options.RepeatsPerSecond);
        }
    }
}
