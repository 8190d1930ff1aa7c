using Granary.Vault.Psmc;

namespace Granary.Tenants;

/// <summary>What can be asked of one vault. Every method fails with <see cref="TenantException"/> only, or with the caller's cancellation.</summary>
public interface IVault
{
    /// <summary>Creates the vault with a fresh key, durably.</summary>
    Task<VaultDescription> CreateAsync(VaultCreation creation, CancellationToken cancellation);

    /// <summary>
    /// Appends one event; completes when the event is durable. Cancelling stops the wait, not a write that has begun: then the
    /// failure is <see cref="TenantFailure.OutcomeUnknown"/> unless nothing was written.
    /// </summary>
    Task<AppendReceipt> AppendAsync(AppendEvent append, CancellationToken cancellation);

    /// <summary>The log's head in the store now, including appends by other processes.</summary>
    Task<VaultHead> GetHeadAsync(CancellationToken cancellation);

    /// <summary>Checks every hash, link and signature of the vault as it is stored now.</summary>
    Task<VerificationReport> VerifyAsync(IProgress<WorkProgress>? progress, CancellationToken cancellation);

    /// <summary>Events in order of their position, as the stored bytes.</summary>
    Task<Timeline> QueryTimelineAsync(TimelineQuery query, CancellationToken cancellation);

    /// <summary>Carries out one of <see cref="Vaults.VaultOperations"/>: everything that has no method of its own here.</summary>
    Task<VaultResult> RunAsync(VaultCall call, IProgress<WorkProgress>? progress, CancellationToken cancellation);
}

/// <summary>Shorter calls.</summary>
public static class VaultExtensions
{
    /// <summary>Creates a vault as <see cref="VaultCreation"/> has it by default.</summary>
    public static Task<VaultDescription> CreateAsync(this IVault vault, CancellationToken cancellation) =>
        vault.CreateAsync(VaultCreation.Default, cancellation);
}

/// <summary>How far long work has come: <paramref name="Done"/> of <paramref name="Total"/> events.</summary>
public sealed record WorkProgress(long Done, long Total);

/// <summary>How a vault is to be born.</summary>
public sealed record VaultCreation
{
    /// <summary>A PSMC vault.</summary>
    public static VaultCreation Default { get; } = new();

    /// <summary>Its format, for ever: <c>psmc</c> or <c>backpack</c>.</summary>
    public string Format { get; init; } = "psmc";

    /// <summary>Backpack only: who is the actor of the first events; null for <c>sovereign_genesis</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>Backpack only: the vault's own id; null for a random UUID.</summary>
    public string? Uid { get; init; }

    /// <summary>Backpack only: whether there is a second key, which can stand in for the first.</summary>
    public bool Quorum { get; init; }

    /// <summary>
    /// Made by a caller that may have to repeat the call: a repeat finds the vault that the first one made. Kept by stores that several processes
    /// share; in one process no answer is lost, and a repeat is told that the vault exists.
    /// </summary>
    public string? RetryKey { get; init; }
}

/// <summary>A vault as it was created or found.</summary>
/// <param name="Vault">Its name inside the tenant.</param>
/// <param name="Format">Its format, fixed at birth: <c>psmc</c> or <c>backpack</c>.</param>
/// <param name="Created">When it was created, in the format's own notation.</param>
/// <param name="KeyId">The id of its signing key, <c>bp1_…</c>.</param>
/// <param name="PublicKey">The raw 32-byte public key in Base64, for verification elsewhere.</param>
/// <param name="EventCount">How many events it holds.</param>
public sealed record VaultDescription(string Vault, string Format, string Created, string KeyId, string PublicKey, long EventCount)
{
    /// <summary>Backpack only: the vault's own id.</summary>
    public string? Uid { get; init; }

    /// <summary>Backpack only: the id of its first event.</summary>
    public string? GenesisEventId { get; init; }

    /// <summary>Backpack only: the Merkle root of its files at birth, 64 hex digits.</summary>
    public string? MerkleRoot { get; init; }

    /// <summary>Backpack only: the id of its second key, where it has one.</summary>
    public string? QuorumKeyId { get; init; }
}

/// <summary>The head of a vault's log.</summary>
/// <param name="Count">How many events it holds.</param>
/// <param name="Hash">The hash of the last one, 64 hex digits; zeros before the first.</param>
public sealed record VaultHead(long Count, string Hash);

/// <summary>One event to append.</summary>
/// <param name="EventType">The type, for example <c>note</c>.</param>
/// <param name="Data">A JSON object in UTF-8, as the client wrote it: numbers keep their lexical class. Its bytes must not change: a write can outlast its caller's wait.</param>
public sealed record AppendEvent(string EventType, ReadOnlyMemory<byte> Data)
{
    /// <summary>Labels; empty and null are the same.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Backpack only: whose chain the event belongs to; null for the vault's own.</summary>
    public string? Actor { get; init; }

    /// <summary>Backpack only: <c>canonical</c>, <c>local</c>, <c>contested</c> or <c>archived</c>; null for what its type asks for.</summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// Backpack only: the payload is encrypted with a key of its own, which is kept beside the vault and can be destroyed (<c>shred_event</c>). The state
    /// does not see what such an event says.
    /// </summary>
    public bool Encrypt { get; init; }

    /// <summary>Also writes the bridge event that Provara's reducer reads.</summary>
    public bool EmitProvara { get; init; }

    /// <summary>A repeat with the same key and content returns the first receipt and appends nothing. 1 to 128 visible ASCII characters.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>
    /// Made by a caller that may have to repeat the append within seconds, where the client gave no key of its own; remembered for a
    /// short while only. A repeat returns the first receipt as if it were the first call.
    /// </summary>
    public string? RetryKey { get; init; }
}

/// <summary>Proof that an event is durable.</summary>
/// <param name="EventId">The event's own id.</param>
/// <param name="Position">Its place in the log, from 0.</param>
/// <param name="Hash">Its hash, 64 hex digits: the head of the chain right after it.</param>
/// <param name="Timestamp">Its time, in the format's own notation.</param>
/// <param name="ProvaraEventId">The id of the bridge event, where one was asked for.</param>
/// <param name="StateHash">The hash of the reducer's state after the bridge event, where one was asked for.</param>
/// <param name="Replayed">True when the idempotency key was known and nothing was appended.</param>
public sealed record AppendReceipt(
    string EventId, long Position, string Hash, string Timestamp, string? ProvaraEventId, string? StateHash, bool Replayed);

/// <summary>A call of an operation.</summary>
/// <param name="Operation">Its name, for example <c>list_events</c>.</param>
/// <param name="Arguments">A JSON object in UTF-8, or empty. Its bytes must not change: a call can outlast its caller's wait.</param>
public sealed record VaultCall(string Operation, ReadOnlyMemory<byte> Arguments)
{
    /// <summary>For an operation that writes, as <see cref="AppendEvent.IdempotencyKey"/>.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>For an operation that writes, as <see cref="AppendEvent.RetryKey"/>.</summary>
    public string? RetryKey { get; init; }
}

/// <summary>What an operation returns.</summary>
/// <param name="Json">A JSON object in UTF-8, whose bytes do not change.</param>
public sealed record VaultResult(ReadOnlyMemory<byte> Json);

/// <summary>What verification found.</summary>
/// <param name="Valid">True when there is no finding of severity error.</param>
/// <param name="EventCount">How many events were checked.</param>
/// <param name="Head">The hash of the last event, or 64 zeros.</param>
/// <param name="Findings">Every finding, at most <see cref="VerificationReport.MaxFindings"/>, in order of position.</param>
/// <param name="FindingCount">How many findings there are, listed or not.</param>
public sealed record VerificationReport(bool Valid, long EventCount, string Head, IReadOnlyList<VerificationFinding> Findings, long FindingCount)
{
    /// <summary>How many findings a report lists at most.</summary>
    public const int MaxFindings = 100;
}

/// <summary>One finding: where, which rule, and why.</summary>
/// <param name="Position">The event's place in the log, or null where the finding is about the vault.</param>
/// <param name="Rule">The rule's short name, for example <c>chain.prev_hash</c>.</param>
/// <param name="Reason">A sentence.</param>
public sealed record VerificationFinding(long? Position, string Rule, string Reason);

/// <summary>Which events to return. All conditions must hold.</summary>
public sealed record TimelineQuery
{
    /// <summary>Only this type.</summary>
    public string? EventType { get; init; }

    /// <summary>Not before this time, inclusive.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Not after this time, inclusive.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>The last so many of those that match; null or 0 for all that fit the answer.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether one read of the log answers it.</summary>
    public bool IsShort => ForLog().IsShort;

    internal PsmcTimelineQuery ForLog() => new(EventType, Start, End, Limit);
}

/// <summary>Matching events, oldest first.</summary>
/// <param name="Events">Each one the stored canonical JSON, without its line feed.</param>
/// <param name="Truncated">True when older events matched too but did not fit the limit of one answer (4 MiB).</param>
public sealed record Timeline(IReadOnlyList<ReadOnlyMemory<byte>> Events, bool Truncated);
