using Orleans.Concurrency;

namespace Granary.Grains.Contracts;

/// <summary>
/// One Instana connection of one tenant; its key is <see cref="GrainKeys.Instana"/>. The credential travels with each call and is kept in memory
/// only: a key is stored in the directory and written to logs.
/// </summary>
[Alias("granary.instana"), GrainInterfaceType("granary.instana")]
public interface IInstanaGrain : IGrainWithStringKey
{
    /// <summary>Begins an operation.</summary>
    [Alias("call")]
    Task<Partial<InstanaResultMessage>> CallAsync(InstanaCallMessage call, CancellationToken cancellation);

    /// <summary>Goes on waiting for it.</summary>
    [Alias("call-on"), ReadOnly]
    Task<Partial<InstanaResultMessage>> ContinueAsync(Guid ticket, CancellationToken cancellation);

    /// <summary>The caller no longer wants to know.</summary>
    [Alias("abandon"), OneWay]
    Task AbandonAsync(Guid ticket);
}
