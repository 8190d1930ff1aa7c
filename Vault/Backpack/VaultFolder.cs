using System.Security.Cryptography;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>All files of a plain folder, including foreign ones: each must be in the manifest, or the reference calls it a phantom.</summary>
internal sealed class VaultFolder(string root)
{
    private readonly string _root = Path.GetFullPath(root);

    public async Task<ManifestBuilder> CollectAsync(IVaultReader reader, LogDigest digest, CancellationToken cancellation)
    {
        var files = new ManifestBuilder();
        await AddAsync(new DirectoryInfo(_root), files, cancellation);
        // The log by what is committed: it may be growing.
        await digest.CatchUpAsync(reader, cancellation);
        files.Add(BackpackBirth.LogName, digest.Current(), digest.Size);
        return files;
    }

    private async Task AddAsync(DirectoryInfo folder, ManifestBuilder files, CancellationToken cancellation)
    {
        foreach (var item in folder.EnumerateFileSystemInfos())
        {
            if (item.LinkTarget is not null && !IsInside(item))
                continue;
            if (item is DirectoryInfo below)
            {
                // A link to a folder would be walked twice, or for ever.
                if (item.LinkTarget is null)
                    await AddAsync(below, files, cancellation);
                continue;
            }
            var name = Path.GetRelativePath(_root, item.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (name == BackpackBirth.LogName || Manifest.IsExcluded(name))
                continue;
            await using var content = new FileStream(RegularFile.OpenRead(item.FullName, name), FileAccess.Read);
            files.Add(name, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation)), content.Length);
        }
    }

    private bool IsInside(FileSystemInfo link) =>
        link.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } target
        && target.FullName.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
