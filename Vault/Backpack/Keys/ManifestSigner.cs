using Granary.Vault.Backpack.Events;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Keys;

/// <summary>
/// The key that may sign a vault's manifest: an active root key, or, where none is at hand, the authority that promoted the present root key. That one
/// vouched for the root key, so its word for the manifest demands no more trust. Any other key would leave a manifest that verification refuses.
/// </summary>
internal static class ManifestSigner
{
    public const string Missing =
        "The manifest is signed by a root key, or by the key that promoted it, and neither is at hand: give the key file that holds one.";

    /// <summary>Finds it among the private keys at hand; null where none will do.</summary>
    /// <param name="keys">The private keys.</param>
    /// <param name="registry">The public keys as they will be when the manifest is signed.</param>
    /// <param name="coming">Events that will be in the log by then.</param>
    /// <param name="log">The log.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static async Task<SigningKey?> FindAsync(
        IReadOnlyList<SigningKey> keys, KeyRegistry registry, IReadOnlyList<LogEntry> coming, IVaultReader log, CancellationToken cancellation)
    {
        var roots = registry.Keys.Where(IsRoot).ToList();
        if (keys.FirstOrDefault(key => roots.Exists(root => root.KeyId == key.PublicKey.KeyId)) is { } own)
            return own;
        foreach (var promotion in roots.Select(root => root.PromotionEventId).OfType<string>())
        {
            var promoter = FindPromoter(promotion, coming) ?? await FindPromoterAsync(promotion, log, cancellation);
            if (registry.Find(promoter) is { IsActive: true, HasOwnId: true } && keys.FirstOrDefault(key => key.PublicKey.KeyId == promoter) is { } voucher)
                return voucher;
        }
        return null;
    }

    /// <summary>Whether a registered key is an active root key.</summary>
    public static bool IsRoot(RegisteredKey key) => key is { IsActive: true, HasOwnId: true } && key.Roles.Contains("root");

    private static async Task<string?> FindPromoterAsync(string promotion, IVaultReader log, CancellationToken cancellation)
    {
        await foreach (var found in EventFinder.FindAsync(log, promotion, (in written) => written.Id == promotion, cancellation))
            return new BackpackEvent(found.Line.Span).KeyId;
        return null;
    }

    private static string? FindPromoter(string promotion, IReadOnlyList<LogEntry> coming)
    {
        foreach (var entry in coming)
        {
            var written = new BackpackEvent(entry.Event.Span);
            if (written.Id == promotion)
                return written.KeyId;
        }
        return null;
    }
}
