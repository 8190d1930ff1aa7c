using Granary.Vault.Storage;

namespace Granary.Tenants;

/// <summary>The rule for idempotency keys: 1 to 128 visible ASCII characters.</summary>
internal static class IdempotencyKey
{
    public const int MaxLength = 128;

    /// <summary>A retry key as it is stored: no client's key looks like it, and stores keep few of them (<see cref="IdempotencyClaim.ForRetry"/>).</summary>
    public static string? ForRetry(string? retryKey) => retryKey is null ? null : IdempotencyClaim.RetryMark + retryKey;

    public static void Check(string? key)
    {
        if (key is null)
            return;
        if (key.Length is 0 or > MaxLength || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new TenantException(TenantFailure.InvalidInput, $"idempotency_key must be 1 to {MaxLength} visible ASCII characters, for example a UUID.");
    }
}
