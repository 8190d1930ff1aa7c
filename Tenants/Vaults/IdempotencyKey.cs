namespace Granary.Tenants.Vaults;

/// <summary>The rule for idempotency keys: 1 to 128 visible ASCII characters.</summary>
internal static class IdempotencyKey
{
    public const int MaxLength = 128;

    public static void Check(string? key)
    {
        if (key is null)
            return;
        if (key.Length is 0 or > MaxLength || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new TenantException(TenantFailure.InvalidInput, $"idempotency_key must be 1 to {MaxLength} visible ASCII characters, for example a UUID.");
    }
}
