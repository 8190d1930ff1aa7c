using System.IO.Compression;

namespace Granary.Vault.Evidence;

/// <summary>Puts the files of a bundle where they are wanted.</summary>
public static class EvidenceBundle
{
    /// <summary>Writes a new folder. It appears whole or not at all.</summary>
    /// <exception cref="EvidenceException">The folder exists, or cannot be written.</exception>
    public static async Task WriteFolderAsync(string folder, IReadOnlyList<EvidenceFile> files, CancellationToken cancellation)
    {
        if (Directory.Exists(folder) || File.Exists(folder))
            throw new EvidenceException($"{folder} exists already; name a folder that does not.");
        var draft = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + ".part";
        try
        {
            if (Directory.Exists(draft))
                Directory.Delete(draft, recursive: true);
            foreach (var file in files)
            {
                var path = Path.Combine(draft, file.Name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await using var stream = File.Create(path);
                await file.WriteAsync(stream, cancellation);
            }
            Directory.Move(draft, folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EvidenceException($"'{folder}' cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>Writes a zip; its entries have the time they are given, so that the same bundle gives the same bytes.</summary>
    public static async Task WriteZipAsync(Stream output, IReadOnlyList<EvidenceFile> files, DateTimeOffset time, CancellationToken cancellation)
    {
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellation);
        foreach (var file in files)
        {
            var entry = zip.CreateEntry(file.Name, CompressionLevel.Fastest);
            entry.LastWriteTime = time;
            await using var stream = await entry.OpenAsync(cancellation);
            await file.WriteAsync(stream, cancellation);
        }
    }
}
