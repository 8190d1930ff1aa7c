using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Checks;

/// <summary>What to verify a vault for.</summary>
public sealed record VerificationOptions
{
    /// <summary>How much to demand.</summary>
    public VerificationMode Mode { get; init; } = VerificationMode.Strict;

    /// <summary>The youngest signed head that is known from outside the vault; null where there is none, and then a cut tail does not show.</summary>
    public SignedHead? Head { get; init; }

    /// <summary>
    /// Public keys known from outside the vault. Where there are any, the head must be signed by one of them and the vault's root key must be one of them;
    /// otherwise the vault's own registry is believed.
    /// </summary>
    public IReadOnlyList<PublicKey> TrustedKeys { get; init; } = [];

    /// <summary>What authorities outside have stamped of the log.</summary>
    public IReadOnlyList<HeadStamp> Stamps { get; init; } = [];

    /// <summary>Certificates of the RFC 3161 authorities whose stamps count; null to leave open whose they are.</summary>
    public System.Security.Cryptography.X509Certificates.X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>Keys of the Rekor logs whose entries count; null to leave open whose they are.</summary>
    public IReadOnlyList<P256PublicKey>? TrustedLogs { get; init; }

    /// <summary>Merkle roots of Bitcoin blocks by height, as Bitcoin's programs print them: proofs of OpenTimestamps are held against them.</summary>
    public IReadOnlyDictionary<long, string> BitcoinBlocks { get; init; } = new Dictionary<long, string>();

    /// <summary>How many events are committed; null to take what is there.</summary>
    public long? Count { get; init; }

    /// <summary>
    /// Whether the vault is one that is being written: its manifest may be as old as its last seal point, as long as it was right then. A folder at rest
    /// has no such excuse.
    /// </summary>
    public bool ManifestMayLag { get; init; }

    /// <summary>How many findings to list; all are counted.</summary>
    public int MaxFindings { get; init; } = 100;
}
