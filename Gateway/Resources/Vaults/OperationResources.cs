using System.Text;
using Granary.Tenants;

namespace Granary.Gateway.Resources.Vaults;

/// <summary>A resource that is one operation of the vault.</summary>
internal abstract class OperationResource(ITenants tenants, string path, string operation, string title, string description)
    : VaultResource(tenants, path, title, $"{description} Percent-encode '/' in the name.", "application/json")
{
    protected override async Task<string> ReadAsync(IVault vault, CancellationToken cancellation) =>
        Encoding.UTF8.GetString((await vault.RunAsync(new VaultCall(operation, default), null, cancellation)).Json.Span);
}

/// <summary><c>vault://{name}/state</c>.</summary>
internal sealed class StateResource(ITenants tenants) : OperationResource(
    tenants, "state", "snapshot_belief", "State of a vault",
    "What a vault's events amount to: beliefs in four namespaces, and the state hash. At most 32 MiB; get_beliefs has pages.");

/// <summary><c>vault://{name}/status</c>.</summary>
internal sealed class StatusResource(ITenants tenants) : OperationResource(
    tenants, "status", "vault_status", "Status of a vault", "Format, key, number of events, actors, event types and the last event of each actor.")
{
    // One entry for each vault is enough of a list; the other resources of a vault follow from the templates.
    protected override bool IsListed => true;
}

/// <summary><c>vault://{name}/manifest</c>.</summary>
internal sealed class ManifestResource(ITenants tenants) : OperationResource(
    tenants, "manifest", "get_manifest", "Manifest of a vault", "The signed list of a Backpack vault's files with their hashes and their Merkle root.");
