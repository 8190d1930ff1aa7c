using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Redis;

/// <summary>Writes a vault out as a folder.</summary>
internal static class RedisVaultExport
{
    private const int PageBytes = 1024 * 1024;

    public static async Task WriteAsync(RedisVaultLog log, string folder, bool secrets, CancellationToken cancellation)
    {
        var files = PhysicalFileSystem.Instance;
        if (files.FolderExists(folder))
            throw new IOException("The folder exists already; a vault is written to a new one.");
        // Under its name only when it is whole: a part of a vault could pass for a shorter one.
        var draft = folder + ".part";
        if (files.FolderExists(draft))
            Directory.Delete(draft, recursive: true);
        await WriteFilesAsync(log, draft, secrets, cancellation);
        Directory.Move(draft, folder);
        files.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(folder))!);
    }

    private static async Task WriteFilesAsync(RedisVaultLog log, string folder, bool secrets, CancellationToken cancellation)
    {
        var files = PhysicalFileSystem.Instance;
        // The end as it is now: what comes meanwhile stays out of every file alike.
        var ends = (Events: log.Count(LogStream.Events), Bridge: log.Count(LogStream.Bridge));
        files.CreateFolder(folder);
        foreach (var name in log.Format.Entries.EmptyFolders)
            files.CreateFolder(DocumentName.Resolve(folder, name));
        foreach (var name in await log.ListAllAsync(secrets: false, cancellation))
            await WriteDocumentAsync(log, folder, name, secret: false, cancellation);
        if (secrets)
        {
            foreach (var name in await log.ListAllAsync(secrets: true, cancellation))
                await WriteDocumentAsync(log, folder, name, secret: true, cancellation);
        }
        await WriteLinesAsync(log, LogStream.Events, ends.Events, folder, LogFileName.Events, cancellation);
        if (log.Format.HasChain)
            await WriteLinesAsync(log, LogStream.Chain, ends.Events, folder, LogFileName.Chain, cancellation);
        if (ends.Bridge > 0)
            await WriteLinesAsync(log, LogStream.Bridge, ends.Bridge, folder, LogFileName.Bridge, cancellation);
    }

    private static async Task WriteDocumentAsync(RedisVaultLog log, string folder, string name, bool secret, CancellationToken cancellation)
    {
        if (await log.ReadDocumentAsync(name, cancellation) is not { } content)
            return;
        using var file = Create(folder, name, secret);
        file.Write(content.Span, 0);
        file.Flush();
    }

    private static async Task WriteLinesAsync(RedisVaultLog log, LogStream stream, long count, string folder, string name, CancellationToken cancellation)
    {
        using var file = Create(folder, name, secret: false);
        long offset = 0;
        for (long at = 0; at < count;)
        {
            var page = await log.ReadAsync(stream, at, (int)Math.Min(RedisLayout.MaxBatch, count - at), PageBytes, cancellation);
            if (page.Lines.Count == 0)
                throw new VaultStorageException(
                    VaultStorageFailure.Damaged, $"The stream {stream.ToString().ToLowerInvariant()} ends at line {at}; {count} are committed.");
            var bytes = new byte[page.Lines.Sum(line => line.Length + 1)];
            var written = 0;
            foreach (var line in page.Lines)
            {
                line.Span.CopyTo(bytes.AsSpan(written));
                written += line.Length + 1;
                bytes[written - 1] = (byte)'\n';
            }
            file.Write(bytes, offset);
            offset += written;
            at = page.Next;
        }
        file.Flush();
    }

    private static IStorageFile Create(string folder, string name, bool secret)
    {
        var path = DocumentName.Resolve(folder, name);
        PhysicalFileSystem.Instance.CreateFolder(Path.GetDirectoryName(path)!);
        return PhysicalFileSystem.Instance.Open(path, create: true, secret);
    }
}
