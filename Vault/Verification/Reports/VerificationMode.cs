namespace Granary.Vault.Verification.Reports;

/// <summary>How much a verification demands.</summary>
public enum VerificationMode
{
    /// <summary>
    /// All that can be demanded of what is written here: every event signed by a key that counted at its position, every id recomputed, manifest and
    /// Merkle root signed, nothing hidden, nothing cut off.
    /// </summary>
    Strict,

    /// <summary>What the reference's own checkers demand, to tell whether they would accept the vault. What they miss is a warning.</summary>
    Compatible,
}

/// <summary>How bad a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; nothing is wrong.</summary>
    Note,

    /// <summary>Unusual, or not checked; the vault still counts as valid in this mode.</summary>
    Warning,

    /// <summary>The vault is not valid in this mode.</summary>
    Error,
}

/// <summary>The reference's checkers, each of which demands something else (specification 9).</summary>
[Flags]
internal enum ReferenceCheckers
{
    None = 0,

    /// <summary>The compliance suite of 18 tests, which <c>provara verify</c> ran up to version 1.0.1.</summary>
    Compliance = 1,

    /// <summary>What <c>provara verify</c> does itself since version 1.0.2.</summary>
    BuiltIn = 2,

    /// <summary>The conformance kit.</summary>
    Kit = 4,

    /// <summary>The check of a forensic bundle.</summary>
    Forensic = 8,

    /// <summary>The MCP tool <c>verify_chain</c> and <c>psmc verify</c>.</summary>
    VerifyChain = 16,

    /// <summary>Those that check each signature and each link strictly.</summary>
    Linked = BuiltIn | Kit | Forensic,

    /// <summary>All that read Backpack vaults.</summary>
    Backpack = Compliance | Linked,

    /// <summary>Those that check the vault's other files too.</summary>
    Files = Compliance | BuiltIn,
}
