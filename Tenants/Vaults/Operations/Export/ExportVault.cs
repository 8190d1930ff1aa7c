using System.IO.Compression;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.Export;

/// <summary>
/// <c>export_vault</c> to <c>{filename, zip_base64, size, event_count, file_count}</c>: the vault as the folder it represents, without private keys;
/// at most 32 MiB.
/// </summary>
internal sealed class ExportVault() : VaultOperation("export_vault")
{
    /// <summary>The most bytes of files that come back in an answer.</summary>
    public const long MaxBytes = Results.MaxWholeBytes;

    // A store lists a folder's direct files; a zip also has empty folders, because some readers require them.
    private static readonly string[] PsmcFolders = ["keys", "keys/retired", "state", "checkpoints", "digests"];
    private static readonly string[] BackpackFolders =
        ["identity", "policies", "policies/ontology", "state", "artifacts", "artifacts/cas", "checkpoints", "timestamps", "anchors"];
    private static readonly string[] PsmcFiles = ["psmc.json", "README.txt"];
    private static readonly string[] BackpackFiles = ["manifest.json", "manifest.sig", "merkle_root.txt"];

    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        await context.Vault.SealAsync(context.Time, context.Cancellation);
        var count = context.Log.Head.Count;
        using var zip = new MemoryStream();
        var files = await WriteAsync(context, zip, count);
        var name = $"{context.Name.ToFileName()}.zip";
        var bytes = zip.GetBuffer().AsMemory(0, (int)zip.Length);
        return Results.Object(json =>
        {
            json.WriteString("filename", name);
            json.WriteBase64String("zip_base64", bytes.Span);
            json.WriteNumber("size", bytes.Length);
            json.WriteNumber("event_count", count);
            json.WriteNumber("file_count", files);
        });
    }

    private static async Task<int> WriteAsync(VaultOperationContext context, Stream output, long count)
    {
        var (log, cancellation) = (context.Log, context.Cancellation);
        var hasChain = log.Format.HasChain;
        using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        var sizes = new Budget();
        foreach (var name in hasChain ? PsmcFiles : BackpackFiles)
            await AddAsync(zip, log, name, sizes, cancellation);
        foreach (var folder in hasChain ? PsmcFolders : BackpackFolders)
        {
            zip.CreateEntry(folder + "/");
            foreach (var name in await log.ListDocumentsAsync(folder, cancellation))
            {
                if (!IsPrivate(name))
                    await AddAsync(zip, log, name, sizes, cancellation);
            }
        }
        await AddAsync(zip, log, LogStream.Events, count, "events/events.ndjson", sizes, context);
        if (hasChain)
        {
            await AddAsync(zip, log, LogStream.Chain, count, "chain/chain.ndjson", sizes, context);
            if (log.Count(LogStream.Bridge) is var bridge and > 0)
                await AddAsync(zip, log, LogStream.Bridge, bridge, "events/provara.ndjson", sizes, context);
        }
        return sizes.Files;
    }

    private static bool IsPrivate(string name) =>
        (name.StartsWith("keys/", StringComparison.Ordinal) && !name.EndsWith(".pub.pem", StringComparison.Ordinal))
        || name.EndsWith("/private_keys.json", StringComparison.Ordinal)
        || name.EndsWith("/privacy_keys.db", StringComparison.Ordinal);

    private static async Task AddAsync(ZipArchive zip, IVaultLog log, string name, Budget sizes, CancellationToken cancellation)
    {
        if (await log.ReadDocumentAsync(name, cancellation) is not { } content)
            return;
        sizes.Take(content.Length);
        sizes.Files++;
        await using var file = await zip.CreateEntry(name).OpenAsync(cancellation);
        await file.WriteAsync(content, cancellation);
    }

    private static async Task AddAsync(ZipArchive zip, IVaultLog log, LogStream stream, long count, string name, Budget sizes, VaultOperationContext context)
    {
        sizes.Files++;
        await using var file = await zip.CreateEntry(name).OpenAsync(context.Cancellation);
        for (long at = 0; at < count;)
        {
            var page = await log.ReadAsync(stream, at, (int)Math.Min(1024, count - at), 1024 * 1024, context.Cancellation);
            if (page.Lines.Count == 0)
                throw new TenantException(TenantFailure.Damaged, $"{name} ends at line {at}; {count} are committed.");
            foreach (var line in page.Lines)
            {
                sizes.Take(line.Length + 1);
                await file.WriteAsync(line, context.Cancellation);
                file.WriteByte((byte)'\n');
            }
            at = page.Next;
            context.Progress?.Report(new WorkProgress(at, count));
        }
    }

    private sealed class Budget
    {
        private long _left = MaxBytes;

        public int Files { get; set; }

        public void Take(long bytes)
        {
            _left -= bytes;
            if (_left < 0)
                throw new TenantException(
                    TenantFailure.InvalidInput,
                    $"The vault's files are larger than {MaxBytes / (1024 * 1024)} MiB, the most that fits an answer; read it in parts with export_delta or query_events.");
        }
    }
}
