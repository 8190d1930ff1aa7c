using System.Text.Json;
using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Forensics;

namespace Granary.Tenants.Vaults.Operations.Export;

/// <summary>
/// <c>forensic_export</c> to <c>{success, filename, zip_base64, size, event_count, actor_count, chain_integrity, signature_integrity,
/// file_count}</c>: the vault as evidence for somebody else, with what a strict verification found and the signed head; at most 32 MiB.
/// </summary>
internal sealed class ForensicExport() : VaultOperation("forensic_export")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        await context.Vault.SealAsync(context.Time, context.Cancellation);
        var head = await context.SignedHeadAsync();
        var time = context.Time.GetUtcNow();
        var options = new ForensicOptions { Head = head, Exporter = "granary", ManifestMayLag = true };
        var steps = context.Progress is null ? null : new StepProgress(context.Progress, head.Count);
        var files = await ForensicBundle.CreateAsync(context.Log, options, time, steps, context.Cancellation);
        using var zip = new BoundedStream(ExportVault.MaxBytes);
        await EvidenceBundle.WriteZipAsync(zip, files, time, context.Cancellation);
        using var report = JsonDocument.Parse(await ReadAsync(files, "verification_report.json", context.Cancellation));
        var verified = report.RootElement.GetProperty("report");
        var actors = await context.Vault.Events.UseAsync(counts => counts.Actors.Count, progress: null, context.Cancellation);
        var bytes = zip.GetBuffer().AsMemory(0, (int)zip.Length);
        return Results.Object(json =>
        {
            json.WriteBoolean("success", true);
            json.WriteString("filename", $"{context.Name.ToFileName()}-forensic.zip");
            json.WriteBase64String("zip_base64", bytes.Span);
            json.WriteNumber("size", bytes.Length);
            json.WriteNumber("event_count", verified.GetProperty("event_count").GetInt64());
            json.WriteNumber("actor_count", actors);
            json.WriteBoolean("chain_integrity", IsClean(verified, "chain"));
            json.WriteBoolean("signature_integrity", IsClean(verified, "signatures") && IsClean(verified, "chain"));
            json.WriteNumber("file_count", files.Count);
        });
    }

    private static bool IsClean(JsonElement report, string check) => report.GetProperty("checks").EnumerateArray()
        .Where(one => one.GetProperty("name").GetString()!.StartsWith(check, StringComparison.Ordinal))
        .All(one => one.GetProperty("errors").GetInt64() == 0);

    private static async Task<byte[]> ReadAsync(IReadOnlyList<EvidenceFile> files, string name, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        await files.First(file => file.Name == name).WriteAsync(content, cancellation);
        return content.ToArray();
    }
}

/// <summary>Memory for an answer, which has a limit. Every other way of writing more than a byte ends in the one here.</summary>
internal sealed class BoundedStream(long limit) : MemoryStream
{
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Length + count > limit)
            throw new TenantException(
                TenantFailure.InvalidInput,
                $"The bundle is larger than {limit / (1024 * 1024)} MiB, the most that fits an answer; make it with the provara command.");
        base.Write(buffer, offset, count);
    }
}
