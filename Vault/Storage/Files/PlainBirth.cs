using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files;

/// <summary>
/// Puts a new vault into a folder that is there already and may be on another disk, so that it cannot be put there as a whole. The file by which a vault's
/// format is known comes last: what a crash leaves before it is no vault, and the folder is not empty any more, which says that somebody has to look.
/// </summary>
internal static class PlainBirth
{
    public static void Move(IFileSystem files, string draft, string folder, string marker)
    {
        files.CreateFolder(folder);
        foreach (var below in Directory.EnumerateDirectories(draft, "*", SearchOption.AllDirectories))
            files.CreateFolder(Path.Combine(folder, Path.GetRelativePath(draft, below)));
        var last = DocumentName.Resolve(draft, marker);
        foreach (var file in Directory.EnumerateFiles(draft, "*", SearchOption.AllDirectories).Where(file => file != last).Append(last))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(draft, file));
            files.ReplaceFile(file, target);
            files.FlushFolder(Path.GetDirectoryName(target)!);
        }
        files.DeleteFolder(draft);
    }
}
