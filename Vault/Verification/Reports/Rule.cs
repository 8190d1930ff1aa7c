namespace Granary.Vault.Verification.Reports;

/// <summary>Something a vault must hold to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Strict">How bad a breach is in strict mode.</param>
/// <param name="Fails">Which of the reference's checkers a breach fails.</param>
/// <param name="Number">The protocol's error code without its prefix, or null.</param>
internal sealed record Rule(string Name, FindingSeverity Strict, ReferenceCheckers Fails = ReferenceCheckers.None, string? Number = null)
{
    public string? Code => Number is null ? null : "PROVARA_" + Number;

    public static Rule Error(string name, ReferenceCheckers fails = ReferenceCheckers.None, string? number = null) =>
        new(name, FindingSeverity.Error, fails, number);

    public static Rule Warning(string name, ReferenceCheckers fails = ReferenceCheckers.None, string? number = null) =>
        new(name, FindingSeverity.Warning, fails, number);

    public static Rule Note(string name, ReferenceCheckers fails = ReferenceCheckers.None, string? number = null) =>
        new(name, FindingSeverity.Note, fails, number);
}
