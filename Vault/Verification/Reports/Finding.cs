namespace Granary.Vault.Verification.Reports;

/// <summary>Something that verification found.</summary>
/// <param name="Position">The event's position, or null where it is about the vault.</param>
/// <param name="EventId">The event's id, where it is about one and it has one.</param>
/// <param name="Rule">The rule's name; what stands before its first dot says which check it belongs to.</param>
/// <param name="Code">The protocol's error code, for example <c>PROVARA_E003</c>, where it has one.</param>
/// <param name="Severity">How bad it is in the mode of this verification.</param>
/// <param name="Reason">A sentence.</param>
public sealed record Finding(long? Position, string? EventId, string Rule, string? Code, FindingSeverity Severity, string Reason);

/// <summary>What one check had to do and what came of it.</summary>
/// <param name="Name">The first part of the names of its rules.</param>
/// <param name="Summary">What was checked, in a few words.</param>
/// <param name="Errors">How many errors it found.</param>
/// <param name="Warnings">How many warnings it found.</param>
public sealed record CheckSummary(string Name, string Summary, long Errors, long Warnings);

/// <summary>Whether one of the reference's checkers would accept the vault.</summary>
/// <param name="Name">The checker.</param>
/// <param name="Passes">Whether it would.</param>
/// <param name="FailingRules">The rules it would fail on.</param>
public sealed record CheckerVerdict(string Name, bool Passes, IReadOnlyList<string> FailingRules);
