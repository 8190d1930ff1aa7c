using Granary.Vault;

namespace Granary.Tenants.Hosting;

/// <summary>
/// A folder outside the data folder that is served as a vault by its own path, as the reference's server serves it: mounted at <c>/app/vault</c>, it is the
/// vault <c>/app/vault</c> of the tenant <c>default</c>. Locks and what else is needed to recover are kept in the data folder, never in it.
/// </summary>
public sealed class MountedVault
{
    /// <summary>The folder of a path.</summary>
    /// <exception cref="FormatException">The path is no name of a vault; the message says why.</exception>
    public MountedVault(string path)
    {
        Folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        Name = VaultName.Parse(path);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The name that it is served as.</summary>
    public VaultName Name { get; }

    /// <summary>Whether a tenant's vault is this one.</summary>
    internal bool Is(TenantId tenant, VaultName vault) => tenant == TenantId.Default && vault == Name;

    /// <summary>Whether private keys are in it now.</summary>
    internal bool HoldsKeys() => VaultFormats.All.Any(format => File.Exists(Path.Combine(Folder, format.KeyFile)));

    /// <summary>Whether there is a vault in it now.</summary>
    internal bool HoldsVault() => VaultFormats.All.Any(format => File.Exists(Path.Combine(Folder, format.Marker)));
}
