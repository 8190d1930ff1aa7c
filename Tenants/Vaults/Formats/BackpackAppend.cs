using Granary.Vault.Backpack.Events;

namespace Granary.Tenants.Vaults.Formats;

/// <param name="prepared">The event as it is written.</param>
/// <param name="namesItself">Whether the receipt is to say that the reducer reads the event itself: there is no bridge in this format.</param>
/// <param name="digest">The digest of what the caller said, where that is not what is written.</param>
internal sealed class BackpackAppend(PreparedBackpackEvent prepared, bool namesItself, string? digest = null) : PreparedAppend
{
    public PreparedBackpackEvent Event => prepared;

    public bool NamesItself => namesItself;

    public override int Size => prepared.Size;

    public override string ContentDigest() => digest ?? prepared.ContentDigest();
}
