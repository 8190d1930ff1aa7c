using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files.State;

namespace Granary.Vault.Storage.Files;

/// <summary>
/// A new events file in the place of the old one. It is written whole beside the vault; a small intent, durable after it, decides that it
/// counts; then it is moved. A crash leaves the old file or, by finishing at the next opening, the new one, and in either case the anchor that
/// belongs to it.
/// </summary>
internal static class LogRewrite
{
    private const int CheckSize = 16;

    /// <summary>Drops what a former vault of this place left.</summary>
    public static void Forget(IFileSystem files, string stateFolder)
    {
        files.DeleteFile(IntentPath(stateFolder));
        files.DeleteFile(DraftPath(stateFolder));
    }

    /// <summary>Writes the new file, durably; it does not count yet.</summary>
    public static void WriteDraft(IFileSystem files, string stateFolder, Action<IStorageFile> write)
    {
        Forget(files, stateFolder);
        using (var draft = files.Open(DraftPath(stateFolder), create: true))
        {
            write(draft);
            draft.Flush();
        }
        files.FlushFolder(stateFolder);
    }

    /// <summary>From here on the draft counts. What fails in here leaves it open whether it does.</summary>
    public static void Decide(IFileSystem files, string stateFolder, LogHead head)
    {
        using (var intent = files.Open(IntentPath(stateFolder), create: true))
        {
            intent.Write(Encoding.ASCII.GetBytes(Format(head)), 0);
            intent.Flush();
        }
        files.FlushFolder(stateFolder);
    }

    /// <summary>Puts the draft in its place, if it counts. Safe to repeat.</summary>
    public static void Finish(FileVaultOptions options, string anchorPath)
    {
        var files = options.Files;
        if (!files.FileExists(IntentPath(options.StateFolder)))
            return;
        if (Read(files, options.StateFolder) is { } head)
        {
            Move(options);
            using var anchor = HeadAnchor.Open(files, anchorPath, out _);
            anchor.Write(new AcknowledgedEnd(head, 0));
            anchor.Flush();
        }
        Forget(files, options.StateFolder);
        files.FlushFolder(options.StateFolder);
    }

    /// <summary>Moves the draft, if that has not been done yet.</summary>
    public static void Move(FileVaultOptions options)
    {
        var draft = DraftPath(options.StateFolder);
        if (!options.Files.FileExists(draft))
            return;
        var target = DocumentName.Resolve(options.Folder, LogFileName.Events);
        options.Files.ReplaceFile(draft, target);
        options.Files.FlushFolder(Path.GetDirectoryName(target)!);
    }

    private static string IntentPath(string stateFolder) => Path.Combine(stateFolder, "rewrite");

    private static string DraftPath(string stateFolder) => Path.Combine(stateFolder, "rewrite.next");

    private static string Format(LogHead head)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{head.Count:D20} {head.Hash} ");
        return text + Check(text);
    }

    /// <summary>The head the new file ends with; null where the intent is torn, and so nothing was decided.</summary>
    private static LogHead? Read(IFileSystem files, string stateFolder)
    {
        var bytes = FolderDocuments.Read(files, stateFolder, "rewrite");
        var text = bytes is { } found ? Encoding.ASCII.GetString(found.Span) : "";
        return text.Length == 86 + CheckSize && Check(text[..86]) == text[86..]
            && long.TryParse(text.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new LogHead(count, text[21..85])
            : null;
    }

    private static string Check(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)).AsSpan(0, CheckSize / 2));
}
