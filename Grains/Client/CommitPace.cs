namespace Granary.Grains.Client;

/// <summary>When subscriptions to commits are renewed.</summary>
internal sealed class CommitPace(ClusterClientOptions options, TimeProvider time)
{
    /// <summary>Waits until the next renewal is due, or there is a reason for it.</summary>
    public async Task RenewalAsync(CancellationToken sooner) =>
        await Task.Delay(options.Renewal, time, sooner).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits a moment, and not all the same one: where a silo is lost, many have a reason at once.</summary>
    public Task SoonAsync() => Task.Delay(options.Renewal * (0.05 + (0.1 * Random.Shared.NextDouble())), time);
}
