using System.Collections.Frozen;
using Granary.Tenants.Vaults.Operations;
using Granary.Tenants.Vaults.Operations.Changes;
using Granary.Tenants.Vaults.Operations.Export;
using Granary.Tenants.Vaults.Operations.Proofs;
using Granary.Tenants.Vaults.Operations.Psmc;
using Granary.Tenants.Vaults.Operations.Reading;
using Granary.Tenants.Vaults.Operations.State;
using Granary.Tenants.Vaults.Operations.Sync;

namespace Granary.Tenants.Vaults;

/// <summary>
/// The operations of <see cref="IVault.RunAsync"/>. Each is named like the tool it serves, takes the tool's arguments without the vault's name, and
/// returns the tool's structured content.
/// </summary>
public static class VaultOperations
{
    private static readonly FrozenDictionary<string, VaultOperation> ByName = new VaultOperation[]
    {
        new VaultStatus("vault_status"),
        new VaultStatus("get_vault_status"),
        new GetEvent(),
        new ListEvents("list_events"),
        new ListEvents("query_events", ListEvents.MaxQueried, ListEvents.MaxQueried),
        new SearchEvents(),
        new SnapshotBelief("snapshot_belief"),
        new SnapshotBelief("snapshot_state"),
        new GetState(),
        new GetBeliefs(),
        new GetEvidence(),
        new ListConflicts(),
        new ExportState(),
        new CheckpointVault(),
        new AppendBelief(),
        new GetSignedHead(),
        new ProveEvent(),
        new ProveConsistency(),
        new VerifyVault(),
        new LogCheckpointOperation(),
        new LogTileOperation(),
        new LogKeepOperation(),
        new LogStampsOperation(),
        new AnchorHead(),
        new GetManifest(),
        new ExportVault(),
        new ForensicExport(),
        new RedactEvent(),
        new ShredEvent(),
        new RotateKey(),
        new SealVault(),
        new GenerateDigest("generate_digest"),
        new GenerateDigest("export_digest"),
        new ExportMarkdown(),
        new ExportDelta(),
        new ImportDelta(),
        new IssueFencingToken(),
        new CheckFencingToken(),
    }.ToFrozenDictionary(operation => operation.Name, StringComparer.Ordinal);

    /// <summary>Every name.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The operation's name where there is one of it, for what is counted by names.</summary>
    public static string Known(string operation) => ByName.ContainsKey(operation) ? operation : "unknown";

    /// <summary>Whether an operation changes the vault; one that is not known here might.</summary>
    public static bool Writes(string operation) => !ByName.TryGetValue(operation, out var found) || found.Writes;

    /// <summary>The right that an operation takes; one that is not known here might do anything.</summary>
    public static AccessRights Needs(string operation) => ByName.TryGetValue(operation, out var found) ? found.Needs : AccessRights.Admin;

    /// <exception cref="TenantException">There is none of this name.</exception>
    internal static VaultOperation Find(string operation) => ByName.TryGetValue(operation, out var found)
        ? found
        : throw new TenantException(
            TenantFailure.InvalidInput, $"There is no operation \"{(operation.Length > 64 ? operation[..64] : operation)}\" of a vault.");
}
