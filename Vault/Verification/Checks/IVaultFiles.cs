using System.Security.Cryptography;
using Granary.Vault.Backpack;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Storage;

namespace Granary.Vault.Verification.Checks;

/// <summary>A file's hash and size.</summary>
internal readonly record struct FileDigest(string Sha256, long Size);

/// <summary>All files of a vault, for its manifest.</summary>
internal interface IVaultFiles
{
    /// <summary>The folders that are there, or null where the vault is not a folder.</summary>
    IReadOnlySet<string>? Folders { get; }

    /// <summary>The names of all files that can be there, with <c>/</c>.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation);

    /// <summary>A file's digest, or null where there is none.</summary>
    Task<FileDigest?> DigestAsync(string name, CancellationToken cancellation);
}

/// <summary>The documents of a vault in a store. Only the format's own folders are looked into.</summary>
internal sealed class DocumentFiles(IVaultReader reader) : IVaultFiles
{
    public IReadOnlySet<string>? Folders => null;

    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation)
    {
        var names = new List<string>();
        foreach (var folder in BackpackFiles.Folders)
            names.AddRange(await reader.ListDocumentsAsync(folder, cancellation));
        return names;
    }

    public async Task<FileDigest?> DigestAsync(string name, CancellationToken cancellation) =>
        await reader.ReadDocumentAsync(name, cancellation) is { } content
            ? new FileDigest(Convert.ToHexStringLower(SHA256.HashData(content.Span)), content.Length)
            : null;
}

/// <summary>The files of a folder. Links are not followed: their targets are not the vault's.</summary>
internal sealed class FolderFiles(string folder) : IVaultFiles
{
    private static readonly EnumerationOptions Deep = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    public IReadOnlySet<string>? Folders { get; } =
        Directory.EnumerateDirectories(folder, "*", Deep).Select(path => Relative(folder, path)).ToHashSet(StringComparer.Ordinal);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>(
            [.. Directory.EnumerateFiles(folder, "*", Deep).Select(path => Relative(folder, path)).Order(StringComparer.Ordinal)]);

    public async Task<FileDigest?> DigestAsync(string name, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            return null;
        await using var file = new FileStream(RegularFile.OpenRead(path), FileAccess.Read);
        var hash = await SHA256.HashDataAsync(file, cancellation);
        return new FileDigest(Convert.ToHexStringLower(hash), file.Length);
    }

    private static string Relative(string folder, string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');
}
