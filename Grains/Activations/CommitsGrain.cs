using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Utilities;

namespace Granary.Grains.Activations;

/// <summary>
/// Hands a tenant's commits to the gateways that listen. It stores nothing: a gateway that finds itself unknown here looks again. Where a vault tells it first, it is in that
/// vault's silo, so that a tenant with one vault sends nothing to another silo.
/// </summary>
[GrainType("granary.commits"), Reentrant, PreferLocalPlacement]
internal sealed class CommitsGrain(ILogger<CommitsGrain> log) : Grain, ICommitsGrain, ITenantGrain
{
    // Made when a gateway listens: every tenant that writes has such a grain.
    private ObserverManager<ICommitObserver>? _observers;

    /// <summary>Each activation begins elsewhere, so that a gateway notices a new one.</summary>
    private long _told = Random.Shared.NextInt64(1, long.MaxValue / 2);

    public TenantId Tenant { get; private set; }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Tenant = GrainKeys.Tenant(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    /// <summary>Where its silo stops in order, the gateways are told to subscribe to its successor at once.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => TellAsync(new CommitMessage(Tenant.Value, "", 0));

    public Task<long> ListenAsync(ICommitObserver observer)
    {
        Add(observer);
        return Task.FromResult(_told);
    }

    public Task<bool> SubscribeAsync(ICommitObserver observer) => Task.FromResult(Add(observer));

    public Task UnsubscribeAsync(ICommitObserver observer)
    {
        _observers?.Unsubscribe(observer);
        if (_observers is null or { Count: 0 })
            DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task<bool> PublishAsync(CommitMessage commit)
    {
        await TellAsync(commit with { Number = ++_told });
        return _observers is { Count: > 0 };
    }

    /// <summary>True where it was not there.</summary>
    private bool Add(ICommitObserver observer)
    {
        _observers ??= new ObserverManager<ICommitObserver>(TimeSpan.FromMinutes(1), log);
        _observers.ClearExpired();
        var before = _observers.Count;
        _observers.Subscribe(observer, observer);
        return _observers.Count > before;
    }

    private Task TellAsync(CommitMessage commit) =>
        _observers is null or { Count: 0 } ? Task.CompletedTask : _observers.Notify(observer => observer.CommittedAsync(commit));
}
