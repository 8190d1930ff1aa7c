namespace Granary.Grains.Contracts;

// Why the tenants' records do not travel themselves, though some say the same as their message: docs/adr/0059.
// A field of ReadOnlyMemory<byte> is written as one of byte[] is; in an array it is not, hence the timeline's.

/// <summary>See <see cref="Tenants.AppendEvent"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.append")]
public sealed record AppendMessage(
    [property: Id(0)] string EventType,
    [property: Id(1)] ReadOnlyMemory<byte> Data,
    [property: Id(2)] string[]? Tags,
    [property: Id(3)] bool EmitProvara,
    [property: Id(4)] string? IdempotencyKey,
    [property: Id(5)] string? RetryKey,
    [property: Id(6)] string? Actor = null,
    [property: Id(7)] string? Namespace = null,
    [property: Id(8)] bool Encrypt = false);

/// <summary>See <see cref="Tenants.VaultCreation"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.creation")]
public sealed record CreationMessage(
    [property: Id(0)] string Format,
    [property: Id(1)] string? Actor,
    [property: Id(2)] string? Uid,
    [property: Id(3)] bool Quorum,
    [property: Id(4)] string RetryKey);

/// <summary>See <see cref="Tenants.VaultCall"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.vault-call")]
public sealed record VaultCallMessage(
    [property: Id(0)] string Operation,
    [property: Id(1)] ReadOnlyMemory<byte> Arguments,
    [property: Id(2)] string? IdempotencyKey,
    [property: Id(3)] string? RetryKey);

/// <summary>See <see cref="Tenants.VaultResult"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.vault-result")]
public sealed record VaultResultMessage([property: Id(0)] ReadOnlyMemory<byte> Json);

/// <summary>See <see cref="Tenants.AppendReceipt"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.receipt")]
public sealed record ReceiptMessage(
    [property: Id(0)] string EventId,
    [property: Id(1)] long Position,
    [property: Id(2)] string Hash,
    [property: Id(3)] string Timestamp,
    [property: Id(4)] string? ProvaraEventId,
    [property: Id(5)] string? StateHash,
    [property: Id(6)] bool Replayed);

/// <summary>See <see cref="Tenants.VaultDescription"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.vault-description")]
public sealed record VaultMessage(
    [property: Id(0)] string Vault,
    [property: Id(1)] string Format,
    [property: Id(2)] string Created,
    [property: Id(3)] string KeyId,
    [property: Id(4)] string PublicKey,
    [property: Id(5)] long EventCount,
    [property: Id(6)] string? Uid = null,
    [property: Id(7)] string? GenesisEventId = null,
    [property: Id(8)] string? MerkleRoot = null,
    [property: Id(9)] string? QuorumKeyId = null);

/// <summary>See <see cref="Tenants.VaultHead"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.head")]
public sealed record HeadMessage([property: Id(0)] long Count, [property: Id(1)] string Hash);

/// <summary>See <see cref="Tenants.VerificationReport"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.verification")]
public sealed record VerificationMessage(
    [property: Id(0)] bool Valid,
    [property: Id(1)] long EventCount,
    [property: Id(2)] string Head,
    [property: Id(3)] FindingMessage[] Findings,
    [property: Id(4)] long FindingCount);

/// <summary>See <see cref="Tenants.VerificationFinding"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.finding")]
public sealed record FindingMessage([property: Id(0)] long? Position, [property: Id(1)] string Rule, [property: Id(2)] string Reason);

/// <summary>See <see cref="Tenants.TimelineQuery"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.timeline-query")]
public sealed record TimelineQueryMessage(
    [property: Id(0)] string? EventType,
    [property: Id(1)] DateTimeOffset? Start,
    [property: Id(2)] DateTimeOffset? End,
    [property: Id(3)] int? Limit);

/// <summary>See <see cref="Tenants.Timeline"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.timeline")]
public sealed record TimelineMessage([property: Id(0)] byte[][] Events, [property: Id(1)] bool Truncated);

/// <summary>See <see cref="Tenants.VaultListing"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.vault-listing")]
public sealed record ListingMessage([property: Id(0)] string Prefix, [property: Id(1)] string? After, [property: Id(2)] int Limit);

/// <summary>See <see cref="Tenants.VaultPage"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.vault-page")]
public sealed record VaultPageMessage([property: Id(0)] string[] Vaults, [property: Id(1)] string? Next);

/// <summary>
/// See <see cref="Tenants.VaultCommitted"/>; see <see cref="ICommitObserver"/> for an empty <paramref name="Vault"/>, and <see cref="ICommitsGrain.ListenAsync"/> for
/// <paramref name="Number"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("granary.commit")]
public sealed record CommitMessage([property: Id(0)] string Tenant, [property: Id(1)] string Vault, [property: Id(2)] long Head, [property: Id(3)] long Number = 0);
