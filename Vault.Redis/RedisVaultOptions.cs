using Granary.Vault.Keys;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;

namespace Granary.Vault.Redis;

/// <summary>Where in Redis a vault is stored, and how durable its appends are.</summary>
public sealed record RedisVaultOptions
{
    /// <summary>The connection.</summary>
    public required RedisLink Link { get; init; }

    /// <summary>
    /// Tenant and vault, each escaped so that no two share a name, for example <c>acme/team%2Fnotes</c>. Part of every key, and of what a
    /// wrapped secret is bound to.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Wraps the secret documents.</summary>
    public required KeyRing Keys { get; init; }

    /// <summary>The formats a vault may have.</summary>
    public IReadOnlyList<VaultFormat> Formats { get; init; } = VaultFormats.All;

    /// <summary>Where full segments are that have left Redis; null for nowhere, and then a vault that has some cannot be opened.</summary>
    public SealedSegments? Archive { get; init; }

    /// <summary>Lines in a segment: always the same in one Redis, and other than this only in tests.</summary>
    internal int SegmentLines { get; init; } = RedisLayout.DefaultSegmentLines;

    /// <summary>How many idempotency keys are kept, the youngest.</summary>
    public int IdempotencyKeys { get; init; } = 4096;

    /// <summary>How many retry keys (<see cref="IdempotencyClaim.ForRetry"/>) are kept, the youngest: those of a few seconds of a busy vault.</summary>
    public int RetryKeys { get; init; } = 16_384;

    /// <summary>How long retry keys are kept after a vault's last append.</summary>
    public TimeSpan RetryKeyLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many replicas must have an append before it is acknowledged (<c>WAIT</c>); 0 to wait for none.</summary>
    public int WaitReplicas { get; init; }

    /// <summary>How long to wait for them.</summary>
    public TimeSpan WaitTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a lost connection, a starting or a moving Redis is waited for.</summary>
    public TimeSpan RetryBudget { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one command may take before it is sent again.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Told what the store finds wrong while it is open; must return quickly.</summary>
    public Action<StorageFinding>? Found { get; init; }

    /// <summary>The clock of births and budgets.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
