using Granary.Vault.Backpack;

namespace Granary.Tenants.Vaults.Formats;

internal sealed class BackpackAppend(PreparedBackpackEvent prepared, bool namesItself) : PreparedAppend
{
    public PreparedBackpackEvent Event => prepared;

    /// <summary>Whether the receipt is to say that the reducer reads the event itself: there is no bridge in this format.</summary>
    public bool NamesItself => namesItself;

    public override int Size => prepared.Size;

    public override string ContentDigest() => prepared.ContentDigest();
}
