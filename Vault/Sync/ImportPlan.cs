using Granary.Vault.Storage;

namespace Granary.Vault.Sync;

/// <summary>How an import decides.</summary>
public sealed record ImportOptions
{
    /// <summary>
    /// True to demand what section 16 of the specification asks: every event signed, every predecessor known, in its own actor's chain. False to take
    /// unsigned events as the reference does, into a vault that does not verify strictly as it is; a signature that is there must hold either way.
    /// </summary>
    public bool Strict { get; init; } = true;

    /// <summary>Ids of keys that the caller vouches for and the vault does not know; they may sign, and get no authority.</summary>
    public IReadOnlyCollection<string> TrustedKeys { get; init; } = [];
}

/// <summary>What an import would do: all of it, or nothing where there are errors.</summary>
/// <param name="Change">What to append, in order, and the documents to write after it; the event id is that of the last event.</param>
/// <param name="Imported">How many events are new.</param>
/// <param name="Present">How many the vault has already.</param>
/// <param name="Rejected">How many were refused.</param>
/// <param name="Errors">Why; a sentence each.</param>
/// <param name="Forks">Forks that the new events make; both sides are kept.</param>
/// <param name="AdmittedKeys">Keys that the vault knows from then on: promoted in the new events, or vouched for by the caller.</param>
public sealed record ImportPlan(
    VaultChange Change,
    int Imported,
    int Present,
    int Rejected,
    IReadOnlyList<string> Errors,
    IReadOnlyList<ForkRecord> Forks,
    IReadOnlyList<string> AdmittedKeys)
{
    /// <summary>True when it can be carried out.</summary>
    public bool Success => Errors.Count == 0;

    internal static ImportPlan Refuse(int rejected, IReadOnlyList<string> errors) => new(new VaultChange("", []), 0, 0, rejected, errors, [], []);
}
