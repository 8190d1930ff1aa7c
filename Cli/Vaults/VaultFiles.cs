using System.IO.Compression;
using Granary.Cli.Hosting;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Cli.Vaults;

/// <summary>Vault folders in and out of zip archives.</summary>
internal static class VaultFiles
{
    private const int MaxEntries = 1_000_000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The files that hold private keys, by name.</summary>
    public static bool IsSecret(string relative) => relative is "identity/private_keys.json" or "identity/privacy_keys.db" or "keys/active.pem"
        || (relative.StartsWith("keys/retired/", StringComparison.Ordinal) && relative.EndsWith("_private.pem", StringComparison.Ordinal));

    /// <summary>All files of a folder, relative, with <c>/</c>, in order.</summary>
    public static IReadOnlyList<string> List(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal),
    ];

    /// <summary>Writes files of a folder, and its empty folders, to an archive, below the folder's own name.</summary>
    public static void Zip(string folder, IReadOnlyList<string> files, Stream target, IProgress<long> progress)
    {
        var name = Path.GetFileName(folder);
        using var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var empty in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)
            .Where(path => !Directory.EnumerateFileSystemEntries(path).Any()))
            archive.CreateEntry($"{name}/{Path.GetRelativePath(folder, empty).Replace(Path.DirectorySeparatorChar, '/')}/");
        for (var i = 0; i < files.Count; i++)
        {
            archive.CreateEntryFromFile(Path.Combine(folder, files[i]), $"{name}/{files[i]}");
            progress.Report(i + 1);
        }
    }

    /// <summary>Unpacks an archive that holds one vault. Nothing outside <paramref name="target"/> is written, whatever the archive names.</summary>
    /// <exception cref="CliFailure">The archive is not one of a vault.</exception>
    public static void Unzip(Stream source, string target)
    {
        try
        {
            using var archive = new ZipArchive(source, ZipArchiveMode.Read);
            if (archive.Entries.Count is 0 or > MaxEntries)
                throw Refused($"it holds {archive.Entries.Count} files");
            var root = RootOf(archive);
            foreach (var entry in archive.Entries)
                Extract(entry, entry.FullName[root.Length..], target);
        }
        catch (InvalidDataException failure)
        {
            throw new CliFailure("The archive cannot be read", failure.Message, "get another copy of it", "provara restore --help", failure);
        }
    }

    private static string RootOf(ZipArchive archive)
    {
        var markers = archive.Entries.Select(entry => entry.FullName)
            .Where(name => name.EndsWith("identity/genesis.json", StringComparison.Ordinal) || name.EndsWith("psmc.json", StringComparison.Ordinal));
        var marker = markers.MinBy(name => name.Length) ?? throw Refused("it holds neither identity/genesis.json nor psmc.json");
        var root = marker[..^(marker.EndsWith("psmc.json", StringComparison.Ordinal) ? "psmc.json" : "identity/genesis.json").Length];
        return archive.Entries.All(entry => entry.FullName.StartsWith(root, StringComparison.Ordinal))
            ? root
            : throw Refused("it holds files beside the vault's");
    }

    private static void Extract(ZipArchiveEntry entry, string relative, string target)
    {
        if (relative.Length == 0)
            return;
        var isFolder = relative.EndsWith('/');
        if (relative.TrimEnd('/').Split('/').Any(part => part is "" or "." or ".." || part.AsSpan().ContainsAny("\\:\0")))
            throw Refused($"it names a file outside the vault: {relative}");
        var path = Path.GetFullPath(Path.Combine(target, relative));
        if (!path.StartsWith(Path.GetFullPath(target) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw Refused($"it names a file outside the vault: {relative}");
        PhysicalFileSystem.Instance.CreateFolder(isFolder ? path : Path.GetDirectoryName(path)!);
        if (isFolder)
            return;
        using var content = entry.Open();
        using var file = Create(path);
        content.CopyTo(file);
    }

    /// <summary>Makes a file that only its owner can read. What is there already is not opened, nor is a link followed.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    private static CliFailure Refused(string reason) =>
        new("The archive is not one of a vault", reason, "give an archive that provara backup wrote", "provara restore --help");
}
