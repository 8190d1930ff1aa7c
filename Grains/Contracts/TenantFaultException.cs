using Granary.Tenants;

namespace Granary.Grains.Contracts;

/// <summary>
/// The one exception that crosses the wire: a <see cref="TenantException"/> in words both sides know. Its kind is text, so that an older reader meets
/// a newer writer.
/// </summary>
[GenerateSerializer, Alias("granary.fault")]
public sealed class TenantFaultException : Exception
{
    private const string MovingKind = "Moving";

    /// <summary>Creates the fault.</summary>
    public TenantFaultException(string kind, string message, long? retryAfterMilliseconds)
        : base(message)
    {
        Kind = kind;
        RetryAfterMilliseconds = retryAfterMilliseconds;
    }

    /// <summary>The name of a <see cref="TenantFailure"/>.</summary>
    [Id(0)]
    public string Kind { get; }

    /// <summary>When to try again, where waiting helps.</summary>
    [Id(1)]
    public long? RetryAfterMilliseconds { get; }

    /// <summary>
    /// True for a call that a silo did not carry out because it is stopping: no answer of the tenant's, and repeated elsewhere. The sentence is that of versions
    /// that had no kind for it.
    /// </summary>
    internal bool IsMoving => Kind == MovingKind || (Kind == nameof(TenantFailure.Unavailable) && Message == "This process is stopping; try again.");

    /// <summary>The call is not carried out here, because this silo is stopping; without advice, it may have begun.</summary>
    public static TenantFaultException Moving(string message, TimeSpan? retryAfter) => new(MovingKind, message, (long?)retryAfter?.TotalMilliseconds);

    /// <summary>A tenant's failure, for the wire.</summary>
    public static TenantFaultException From(TenantException failure) =>
        new(failure.Failure.ToString(), failure.Message, (long?)failure.RetryAfter?.TotalMilliseconds);

    /// <summary>The failure it represents; a kind that is not known here is one that cannot be reached.</summary>
    public TenantException ToTenantException() => new(
        Enum.TryParse<TenantFailure>(Kind, out var failure) ? failure : TenantFailure.Unavailable,
        Message,
        RetryAfterMilliseconds is { } wait ? TimeSpan.FromMilliseconds(wait) : null,
        this);
}
