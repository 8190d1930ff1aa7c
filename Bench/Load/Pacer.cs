using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Granary.Bench.Load;

/// <summary>A request that is to be sent: its number and the timestamp at which it is due.</summary>
internal readonly record struct Turn(long Number, long Due);

/// <summary>
/// Hands out turns at a fixed rate, on a thread of its own that sleeps by the kernel's clock: timers of the runtime are a millisecond coarse. A caller that is
/// late is so on his own account, for a turn's due time does not move.
/// </summary>
internal static partial class Pacer
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Starts; the turns end with the duration.</summary>
    public static ChannelReader<Turn> Start(double rate, TimeSpan duration)
    {
        var turns = Channel.CreateUnbounded<Turn>(new UnboundedChannelOptions { SingleWriter = true });
        new Thread(() => Run(turns.Writer, rate, duration)) { IsBackground = true, Name = "pacer" }.Start();
        return turns.Reader;
    }

    private static void Run(ChannelWriter<Turn> turns, double rate, TimeSpan duration)
    {
        var begin = Stopwatch.GetTimestamp();
        var count = (long)(rate * duration.TotalSeconds);
        for (var n = 0L; n < count; n++)
        {
            var due = begin + (long)(n / rate * Stopwatch.Frequency);
            Sleep(due - Stopwatch.GetTimestamp());
            turns.TryWrite(new Turn(n, due));
        }
        turns.Complete();
    }

    private static void Sleep(long ticks)
    {
        if (ticks <= 0)
            return;
        var nanoseconds = (long)((double)ticks / Stopwatch.Frequency * NanosecondsPerSecond);
        var time = new TimeSpec { Seconds = nanoseconds / NanosecondsPerSecond, Nanoseconds = nanoseconds % NanosecondsPerSecond };
        // Interrupted or not: the next turn looks at the clock again.
        _ = NanoSleep(in time, 0);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec time, nint remaining);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
