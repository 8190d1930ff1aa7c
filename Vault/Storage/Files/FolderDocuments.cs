using Granary.Vault.OutsideFiles;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files;

/// <summary>The small documents of a vault folder.</summary>
internal static class FolderDocuments
{
    // A document is metadata or a key; whatever is larger is not one of ours, and must not fill the memory.
    private const long MaxSize = 64 * 1024 * 1024;

    public static ReadOnlyMemory<byte>? Read(IFileSystem files, string folder, string name)
    {
        var path = DocumentName.Resolve(folder, name);
        if (!files.FileExists(path))
            return null;
        using var file = files.OpenRead(path);
        if (file.Length > MaxSize)
            throw new UnusableFileException($"'{name}' has {file.Length} bytes, and a document of a vault has at most {MaxSize}.");
        var content = GC.AllocateUninitializedArray<byte>((int)file.Length);
        var filled = 0;
        while (filled < content.Length && file.Read(content.AsSpan(filled), filled) is var read and > 0)
            filled += read;
        return content.AsMemory(0, filled);
    }

    public static IReadOnlyList<string> List(IFileSystem files, string vault, string folder) =>
        [.. files.ListFiles(DocumentName.Resolve(vault, folder)).Select(name => $"{folder}/{name}").Order(StringComparer.Ordinal)];

    public static void Delete(IFileSystem files, string vault, string name)
    {
        var path = DocumentName.Resolve(vault, name);
        if (!files.FileExists(path))
            return;
        files.DeleteFile(path);
        files.FlushFolder(Path.GetDirectoryName(path)!);
    }

    public static void Write(IFileSystem files, FileVaultOptions options, string home, VaultDocument document, bool derived)
    {
        var target = DocumentName.Resolve(home, document.Name);
        var draft = Path.Combine(options.StateFolder, "document.next");
        files.DeleteFile(draft);
        using (var file = files.Open(draft, create: true, document.Secret))
        {
            file.Write(document.Content.Span, 0);
            if (!derived)
                file.Flush();
        }
        var folder = Path.GetDirectoryName(target)!;
        files.CreateFolder(folder);
        files.ReplaceFile(draft, target);
        if (!derived)
            files.FlushFolder(folder);
    }
}
