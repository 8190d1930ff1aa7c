using System.Text;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Formats;

/// <summary>
/// The ends of a vault's chains as they are kept beside it: the entry hash they stand at, a line feed, and the ends. One that does not fit the log any more
/// is not used.
/// </summary>
internal static class ChainsDocument
{
    /// <summary>After how many events it is worth writing again.</summary>
    public const int Stride = 1000;

    // The ends as "chains" has them know of no redactions: the log is read once more.
    private const string Name = "chains-2";

    public static async Task<BackpackChains> ReadAsync(IVaultLog log, CancellationToken cancellation)
    {
        if (await log.ReadBesideAsync(Name, cancellation) is not { Length: > 65 } document)
            return new BackpackChains();
        try
        {
            var chains = BackpackChains.Restore(document.Span[65..]);
            return await HashAtAsync(log, chains.Position, cancellation) == Encoding.ASCII.GetString(document.Span[..64]) ? chains : new BackpackChains();
        }
        catch (FormatException)
        {
            return new BackpackChains();
        }
    }

    /// <summary>False where the log has other events by now.</summary>
    public static async Task<bool> WriteAsync(IVaultLog log, BackpackChains chains, CancellationToken cancellation)
    {
        if (await HashAtAsync(log, chains.Position, cancellation) is not { } hash)
            return false;
        byte[] document = [.. Encoding.ASCII.GetBytes(hash + "\n"), .. chains.Snapshot()];
        return await log.WriteBesideAsync(new VaultDocument(Name, document), chains.Position, cancellation);
    }

    private static async Task<string?> HashAtAsync(IVaultLog log, long position, CancellationToken cancellation)
    {
        if (position == 0 || position > log.Head.Count)
            return null;
        var lines = (await log.ReadAsync(LogStream.Events, position - 1, 1, 1, cancellation)).Lines;
        return lines.Count > 0 && log.Format.Entries.Check(position - 1, lines[0].Span, default, out var hash) != EntryState.Torn ? hash : null;
    }
}
