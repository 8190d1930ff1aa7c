using System.Diagnostics;

namespace Granary.Bench.Scenarios;

/// <summary>How often a second this disk makes an appended record durable: the limit of any log on it.</summary>
internal static class FsyncProbe
{
    private const int RecordBytes = 400;

    /// <summary>Appends and flushes on so many files at once, a thread each.</summary>
    public static async Task<double> RateAsync(string folder, int files, TimeSpan duration)
    {
        var count = 0L;
        var begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, files).Select(i => Task.Factory.StartNew(
            () => Interlocked.Add(ref count, AppendUntil(Path.Combine(folder, $"fsync-{i}"), begin, duration)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        return count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static long AppendUntil(string path, long begin, TimeSpan duration)
    {
        var record = new byte[RecordBytes];
        var count = 0L;
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            for (; Stopwatch.GetElapsedTime(begin) < duration; count++)
            {
                RandomAccess.Write(file, record, count * RecordBytes);
                RandomAccess.FlushToDisk(file);
            }
        }
        File.Delete(path);
        return count;
    }
}
