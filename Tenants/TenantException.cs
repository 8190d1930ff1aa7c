namespace Granary.Tenants;

/// <summary>What kind of failure a call to a tenant met. Storage and network exceptions never cross the door; these do.</summary>
public enum TenantFailure
{
    /// <summary>The request cannot be carried out as it is; the message names the field and the fix. Nothing changed.</summary>
    InvalidInput,

    /// <summary>What the request names does not exist. Nothing changed.</summary>
    NotFound,

    /// <summary>What the request would create exists. Nothing changed.</summary>
    AlreadyExists,

    /// <summary>The idempotency key was used for other content. Nothing changed.</summary>
    KeyReused,

    /// <summary>Too much is under way for this tenant; try again after <see cref="TenantException.RetryAfter"/>. Nothing changed.</summary>
    Busy,

    /// <summary>The store refuses to write: no space, no permission, a failing device. Nothing changed.</summary>
    StorageRefused,

    /// <summary>What is stored does not verify, or another program holds it. Nothing changed.</summary>
    Damaged,

    /// <summary>The tenant cannot be reached now. Nothing changed.</summary>
    Unavailable,

    /// <summary>The call ended before its outcome was known; repeat it with the same idempotency key to find out.</summary>
    OutcomeUnknown,
}

/// <summary>A failure whose message is meant for the caller: one sentence that names the cause and the fix, and no secret.</summary>
public sealed class TenantException : Exception
{
    /// <summary>Creates the failure.</summary>
    public TenantException(TenantFailure failure, string message, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner)
    {
        Failure = failure;
        RetryAfter = retryAfter;
    }

    /// <summary>The kind of failure.</summary>
    public TenantFailure Failure { get; }

    /// <summary>When to try again, if waiting helps.</summary>
    public TimeSpan? RetryAfter { get; }
}
