using Granary.Vault.Psmc.Events;

namespace Granary.Tenants.Vaults.Formats;

internal sealed class PsmcAppend(PreparedEvent prepared) : PreparedAppend
{
    public PreparedEvent Event => prepared;

    public override int Size => prepared.Size;

    public override string ContentDigest() => prepared.ContentDigest();
}
