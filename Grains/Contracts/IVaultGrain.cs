using Orleans.Concurrency;

namespace Granary.Grains.Contracts;

/// <summary>One vault of one tenant; its key is <see cref="GrainKeys.Vault"/>. Calls interleave: the activation orders what must be ordered.</summary>
[Alias("granary.vault"), GrainInterfaceType("granary.vault")]
public interface IVaultGrain : IGrainWithStringKey
{
    /// <summary>Creates the vault. Safe to repeat with the same retry key.</summary>
    [Alias("create")]
    Task<VaultMessage> CreateAsync(string retryKey, CancellationToken cancellation);

    /// <summary>Creates the vault as told. Safe to repeat with the same retry key.</summary>
    [Alias("create-as")]
    Task<VaultMessage> CreateAsAsync(CreationMessage creation, CancellationToken cancellation);

    /// <summary>Appends one event; completes when it is durable. Safe to repeat with the same idempotency or retry key.</summary>
    [Alias("append")]
    Task<ReceiptMessage> AppendAsync(AppendMessage append, CancellationToken cancellation);

    /// <summary>The head of the log.</summary>
    [Alias("head"), ReadOnly]
    Task<HeadMessage> GetHeadAsync(CancellationToken cancellation);

    /// <summary>Begins a verification.</summary>
    [Alias("verify"), ReadOnly]
    Task<Partial<VerificationMessage>> VerifyAsync(CancellationToken cancellation);

    /// <summary>Goes on waiting for a verification.</summary>
    [Alias("verify-on"), ReadOnly]
    Task<Partial<VerificationMessage>> ContinueVerifyAsync(Guid ticket, CancellationToken cancellation);

    /// <summary>Begins a query.</summary>
    [Alias("timeline"), ReadOnly]
    Task<Partial<TimelineMessage>> QueryTimelineAsync(TimelineQueryMessage query, CancellationToken cancellation);

    /// <summary>Goes on waiting for a query.</summary>
    [Alias("timeline-on"), ReadOnly]
    Task<Partial<TimelineMessage>> ContinueTimelineAsync(Guid ticket, CancellationToken cancellation);

    /// <summary>Begins an operation. Safe to repeat: one that writes carries an idempotency or retry key.</summary>
    [Alias("run")]
    Task<Partial<VaultResultMessage>> RunAsync(VaultCallMessage call, CancellationToken cancellation);

    /// <summary>Goes on waiting for an operation.</summary>
    [Alias("run-on"), ReadOnly]
    Task<Partial<VaultResultMessage>> ContinueRunAsync(Guid ticket, CancellationToken cancellation);

    /// <summary>The caller no longer wants to know.</summary>
    [Alias("abandon"), OneWay]
    Task AbandonAsync(Guid ticket);

    /// <summary>Of a scratch vault: writes what is left to write, and ends this activation. When it returns, nothing more is written.</summary>
    [Alias("close")]
    Task CloseAsync();
}
