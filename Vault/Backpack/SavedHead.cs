using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Backpack;

/// <summary>
/// The ends of a log's chains as the last writer left them, in a file beside the folder, so that the next one need not read every event again.
/// The log is the truth: the file is used only where the log begins, byte for byte, with what it was made from. That is found by the hash of those
/// bytes, which the next manifest needs anyway and goes on from; whatever came behind is read as always. Nothing is lost with the file.
/// </summary>
internal static class SavedHead
{
    /// <summary>A shorter log is read faster than a file of this kind is kept.</summary>
    private const int LeastCount = 256;
    private const int MostBytes = 64 * 1024 * 1024;
    private const string Mark = "granary-head-1";

    /// <summary>The ends of the chains and the hash of the log so far, or null where the log has to be read.</summary>
    /// <remarks>In order: the file is whole, the log is as long and has the hash, and the last event in both is the same one.</remarks>
    public static async Task<(BackpackChains Chains, LogDigest Digest)?> FindAsync(IFileSystem files, string path, IVaultLog log, CancellationToken cancellation)
    {
        if (Read(files, path) is not { } saved || saved.Chains.Position > log.Head.Count)
            return null;
        var digest = new LogDigest();
        await digest.CatchUpAsync(log, cancellation, saved.Chains.Position);
        if (digest.Position == saved.Chains.Position && digest.Size == saved.Size && digest.Current() == saved.Sha256)
            return (saved.Chains, digest);
        digest.Dispose();
        return null;
    }

    /// <summary>Keeps the ends of a log whose hash is known; a failure to do so costs the next writer time and nothing else.</summary>
    public static void Keep(IFileSystem files, string path, BackpackChains chains, LogDigest digest)
    {
        if (digest.Position != chains.Position || chains.Position < LeastCount)
        {
            if (files.FileExists(path))
                files.DeleteFile(path);
            return;
        }
        var body = chains.Snapshot();
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{Mark} {Convert.ToHexStringLower(SHA256.HashData(body))} {digest.Current()} {digest.Size}\n"));
        if (body.Length > MostBytes)
            return;
        var draft = path + ".next";
        files.DeleteFile(draft);
        using (var file = files.Open(draft, create: true, secret: true))
        {
            file.Write(head, 0);
            file.Write(body, head.Length);
        }
        files.ReplaceFile(draft, path);
    }

    private static (BackpackChains Chains, string Sha256, long Size)? Read(IFileSystem files, string path)
    {
        if (!files.FileExists(path))
            return null;
        try
        {
            using var file = files.OpenRead(path);
            if (file.Length is <= 0 or > MostBytes)
                return null;
            var content = new byte[file.Length];
            var filled = 0;
            while (filled < content.Length && file.Read(content.AsSpan(filled), filled) is var read and > 0)
                filled += read;
            var end = content.AsSpan(0, filled).IndexOf((byte)'\n');
            var parts = end < 0 ? [] : Encoding.ASCII.GetString(content, 0, end).Split(' ');
            var body = content.AsSpan(end + 1, filled - end - 1);
            return parts is [Mark, var own, var sha256, var size] && own == Convert.ToHexStringLower(SHA256.HashData(body))
                && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                    ? (BackpackChains.Restore(body), sha256, bytes)
                    : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
