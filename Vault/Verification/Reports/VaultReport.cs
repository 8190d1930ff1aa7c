using Granary.Vault.Storage;

namespace Granary.Vault.Verification.Reports;

/// <summary>What a verification found.</summary>
public sealed record VaultReport
{
    /// <summary>The vault's format: <c>psmc</c> or <c>backpack</c>.</summary>
    public required string Format { get; init; }

    /// <summary>How much was demanded.</summary>
    public required VerificationMode Mode { get; init; }

    /// <summary>How many events were checked, and the hash of the last one.</summary>
    public required LogHead Head { get; init; }

    /// <summary>The root of the event tree over them, or null where an entry has no hash.</summary>
    public required string? Root { get; init; }

    /// <summary>What was checked, in order.</summary>
    public required IReadOnlyList<CheckSummary> Checks { get; init; }

    /// <summary>Which of the reference's checkers would accept the vault.</summary>
    public required IReadOnlyList<CheckerVerdict> Checkers { get; init; }

    /// <summary>The first findings, the worst ones first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>How many findings there are of each rule, listed or not.</summary>
    public required IReadOnlyDictionary<string, long> CountsByRule { get; init; }

    /// <summary>How many findings there are, listed or not.</summary>
    public required long FindingCount { get; init; }

    /// <summary>How many of them are errors.</summary>
    public required long Errors { get; init; }

    /// <summary>How many of them are warnings.</summary>
    public required long Warnings { get; init; }

    /// <summary>True when there is no error.</summary>
    public bool Valid => Errors == 0;
}
