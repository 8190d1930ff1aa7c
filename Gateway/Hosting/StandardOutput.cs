using System.Runtime.InteropServices;

namespace Granary.Gateway.Hosting;

/// <summary>Whether anybody still reads this process's output. .NET does not say: its console drops what is written to a broken pipe.</summary>
internal static partial class StandardOutput
{
    private const int Descriptor = 1;

    /// <summary>Cancelled once nobody reads the output any more. On Linux only; elsewhere never, and the end of the input says that a client is gone.</summary>
    public static CancellationToken Broken()
    {
        if (!OperatingSystem.IsLinux())
            return CancellationToken.None;
        // Never disposed: the thread below has it until the process ends.
        var broken = new CancellationTokenSource();
        new Thread(() => Watch(broken)) { IsBackground = true, Name = "Broken output" }.Start();
        return broken.Token;
    }

    private static void Watch(CancellationTokenSource broken)
    {
        // No event is asked for, so that the wait ends with an error or a hang-up only; neither ever comes of a file.
        var output = new Polled { Descriptor = Descriptor };
        int ready;
        do
            ready = Poll(ref output, 1, -1);
        while (ready < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (ready > 0)
            broken.Cancel();
    }

    private const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Polled descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled
    {
        public int Descriptor;
        public short Asked;
        public short Happened;
    }
}
