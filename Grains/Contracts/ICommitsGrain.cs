using Orleans.Concurrency;

namespace Granary.Grains.Contracts;

/// <summary>Who wants to hear of a tenant's commits; its key is the tenant. Vaults tell it, gateways subscribe, each with one observer.</summary>
[Alias("granary.commits"), GrainInterfaceType("granary.commits")]
public interface ICommitsGrain : IGrainWithStringKey
{
    /// <summary>Subscribes for a minute, or renews.</summary>
    /// <returns>
    /// The number of the last message that was sent: where it is not the last that the observer heard, commits were not told it. Each activation begins at a number
    /// of its own.
    /// </returns>
    [Alias("listen")]
    Task<long> ListenAsync(ICommitObserver observer);

    /// <summary>As <see cref="ListenAsync"/>, for gateways of the version before.</summary>
    /// <returns>True when the subscription is new here: commits before it were not told.</returns>
    [Alias("subscribe")]
    Task<bool> SubscribeAsync(ICommitObserver observer);

    /// <summary>Ends a subscription.</summary>
    [Alias("unsubscribe")]
    Task UnsubscribeAsync(ICommitObserver observer);

    /// <summary>A vault grew. Answered, so that its silo repeats what a silo that died took with it.</summary>
    /// <returns>Whether anybody listens; a silo of the version before says no.</returns>
    [Alias("publish")]
    Task<bool> PublishAsync(CommitMessage commit);
}

/// <summary>A gateway that listens.</summary>
[Alias("granary.commit-observer"), GrainInterfaceType("granary.commit-observer")]
public interface ICommitObserver : IGrainObserver
{
    /// <summary>
    /// A vault grew; without a name of one, the sender is going and must be subscribed to again. A hint: it may be missed or arrive twice.
    /// </summary>
    [Alias("committed"), OneWay]
    Task CommittedAsync(CommitMessage commit);
}
