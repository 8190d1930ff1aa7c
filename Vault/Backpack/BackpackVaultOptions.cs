using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>How a Backpack vault is opened.</summary>
public sealed record BackpackVaultOptions
{
    /// <summary>The ends of the chains as they were saved or are known, to spare reading the whole log; null to read it.</summary>
    public BackpackChains? Chains { get; init; }

    /// <summary>The hash of the log's first lines, to go on from for the next manifest; the vault disposes it. Null to hash all of it.</summary>
    internal LogDigest? Digest { get; init; }

    /// <summary>Where the private keys are.</summary>
    public IPrivateKeyPlace Keys { get; init; } = PrivateKeyPlace.InVault;

    /// <summary>True to open a vault for reading where the private keys are missing; false to refuse it.</summary>
    public bool ReadsWithoutKeys { get; init; }

    /// <summary>True when the log stays its opener's to close.</summary>
    public bool LeaveOpen { get; init; }

    /// <summary>Lists the vault's files for a manifest; by default the documents of the folders that the format lays out.</summary>
    internal Func<IVaultReader, LogDigest, CancellationToken, Task<ManifestBuilder>> Files { get; init; } = BackpackFiles.CollectAsync;
}
