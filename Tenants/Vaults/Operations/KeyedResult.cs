using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations;

/// <summary>A result that is kept with the key of the call it answers.</summary>
internal static class KeyedResult
{
    /// <summary>The key of a call as it is stored; null where it has none.</summary>
    public static string? KeyOf(VaultCall call) => call.IdempotencyKey ?? IdempotencyKey.ForRetry(call.RetryKey);

    /// <summary>Tells a repeat from another use of the key.</summary>
    public static string Digest(VaultCall call)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(call.Operation + "\n"));
        hash.AppendData(call.Arguments.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <exception cref="TenantException">The key was used for something else.</exception>
    public static VaultResult Replay(IdempotencyRecord known, string digest) => known.Claim.Digest == digest
        ? new VaultResult(known.Claim.Receipt)
        : throw new TenantException(TenantFailure.KeyReused, $"The idempotency_key was used for something else, at position {known.Position}; use a new key.");
}
