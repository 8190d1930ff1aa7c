using System.Diagnostics;
using Granary.Bench.Processes;
using Granary.Bench.Redis;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Redis;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Storage;

namespace Granary.Bench.Scenarios;

/// <summary>A vault ten times as large as Redis' memory: what of it stays there, and what reading it from the archive costs.</summary>
internal sealed class ArchiveScenario : OwnProcessScenario
{
    private const int SegmentLines = 1024;
    private const long Megabyte = 1024 * 1024;
    private const int Times = 10;
    private const int HotEvents = 4 * SegmentLines + 1;
    private const double MaxBytes = 0.5;

    public override string Name => "archive";

    public override string Title => "A vault larger than Redis' memory";

    public override Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) => Task.FromResult(RedisProcess.Obstacle);

    protected override async Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation)
    {
        var archive = new FolderArchive(Directory.CreateDirectory(Path.Combine(folder, "archive")).FullName);
        await using var redis = await RedisProcess.StartAsync(folder, 0, cancellation);
        var memory = (context.Options.Quick ? 8 : 16) * Megabyte;
        await redis.LimitMemoryAsync(memory);
        using var load = new VaultLoad(redis, new SealedSegments(archive));
        // Some more than it takes: lines are nearly so long.
        var events = (int)(memory * (Times + 1) / (VaultLoad.EventBytes + VaultLoad.ChainBytes));
        var sealer = new RedisVaultSealer(load.Options("large"));
        await load.FillAsync("large", events, bridge: false, cancellation, () => sealer.SealAsync(FullSegments.All, cancellation));
        var bytes = new DirectoryInfo(Path.Combine(folder, "archive")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        var used = await redis.UsedMemoryAsync();
        Progress.Say($"{events} events, {bytes / Megabyte} MB in the archive, Redis uses {used / Megabyte} of {memory / Megabyte} MB");
        await load.FillAsync("hot", HotEvents, bridge: false, cancellation);
        var reads = await ReadsAsync(context.Options, load, archive, cancellation);
        var verified = await VerifyAsync(load, archive, cancellation);
        var kept = 0L;
        foreach (var key in (string[])["events", "chain", "bridge", "loose"])
            kept += await redis.MemoryOfAsync($"granary:{{{load.Options("large").Name}}}:sealed:{key}");
        Report(section, redis, new Size(memory, events, bytes, used, kept), reads, verified);
    }

    /// <summary>Segments read whole, in turn: from lists, from the archive, and from what this process kept of the archive.</summary>
    private static async Task<Reads> ReadsAsync(BenchOptions options, VaultLoad load, FolderArchive archive, CancellationToken cancellation)
    {
        var reads = new Reads(new Sample(), new Sample(), new Sample());
        await using var hot = await new RedisVaultStore(load.Options("hot")).OpenAsync(cancellation);
        for (var repeat = 0; repeat <= options.Repeats; repeat++)
        {
            await using var large = await new RedisVaultStore(load.Options("large") with { Archive = new SealedSegments(archive) }).OpenAsync(cancellation);
            var (list, cold, warm) = (await ReadAsync(hot, cancellation), await ReadAsync(large, cancellation), await ReadAsync(large, cancellation));
            // The first round compiles.
            if (repeat == 0)
                continue;
            reads.List.Add(list);
            reads.Archive.Add(cold);
            reads.Memory.Add(warm);
        }
        return reads;
    }

    /// <returns>Milliseconds for one segment.</returns>
    private static async Task<double> ReadAsync(IVaultLog log, CancellationToken cancellation)
    {
        const int Segments = (HotEvents - 1) / SegmentLines;
        var begin = Stopwatch.GetTimestamp();
        for (long at = 0; at < Segments * SegmentLines;)
            at = (await log.ReadAsync(LogStream.Events, at, SegmentLines, (int)Megabyte, cancellation)).Next;
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds / Segments;
    }

    private static async Task<double> VerifyAsync(VaultLoad load, FolderArchive archive, CancellationToken cancellation)
    {
        await using var vault = await PsmcVault.OpenAsync(new RedisVaultStore(load.Options("large") with { Archive = new SealedSegments(archive) }), cancellation);
        var begin = Stopwatch.GetTimestamp();
        var report = await new PsmcVerifier(vault.Log).RunAsync(null, null, cancellation);
        return report.Valid ? report.EventCount / Stopwatch.GetElapsedTime(begin).TotalSeconds : throw new BenchException("The vault does not verify.");
    }

    private static void Report(Section section, RedisProcess redis, Size size, Reads reads, double verified)
    {
        var sealedEvents = (size.Events - 1) / SegmentLines * SegmentLines;
        section.Paragraph(
            $"Redis {redis.Version} with `maxmemory` {size.Memory / Megabyte} MB; one vault of {size.Events} signed events, {size.Bytes / (double)Megabyte:F0} MB of lines in a folder on the disk that is measured, "
            + $"each segment sealed when it is full. Then Redis uses {size.Used / (double)Megabyte:F1} MB, everything included. Verified whole from the archive: {verified:F0} events a second. "
            + "A segment has 1024 lines of events; four of them are read whole, in turn: from lists, from the folder with their hashes compared, and from what the process kept of them. "
            + "The folder's files are in the system's cache; a disk or a network that is asked costs its own time on top.");
        section.Table(["1024 lines of events", "ms", "of lists"],
        [
            ["lists in Redis", reads.List.Show("F2"), "1"],
            ["the archive", reads.Archive.Show("F2"), reads.Archive.Over(reads.List).Show("F2")],
            ["the archive, kept in memory", reads.Memory.Show("F3"), reads.Memory.Over(reads.List).Show("F3")],
        ]);
        var perEvent = size.Kept / (double)sealedEvents;
        section.Targets(
        [
            new("lines in the archive, of Redis' memory", $"≥ {Times}", $"{size.Bytes / (double)size.Memory:F1}", size.Bytes >= Times * size.Memory),
            new("Redis memory for a sealed event", $"≤ {MaxBytes} bytes", $"{perEvent:F2} bytes", perEvent <= MaxBytes),
        ]);
    }

    private sealed record Reads(Sample List, Sample Archive, Sample Memory);

    private sealed record Size(long Memory, int Events, long Bytes, long Used, long Kept);
}
