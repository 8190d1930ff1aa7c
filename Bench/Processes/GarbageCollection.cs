using Microsoft.Diagnostics.NETCore.Client;

namespace Granary.Bench.Processes;

/// <summary>Asks another .NET process for a full garbage collection: an event session with the heap-collect keyword begins with one, which is how <c>dotnet-gcdump</c> works.</summary>
internal static class GarbageCollection
{
    private const long HeapCollect = 0x800000;

    /// <summary>Asks, and leaves the process alone for a while before and after it ends the session: the runtime gives memory back by and by.</summary>
    public static async Task ForceAsync(int pid, TimeSpan settle, CancellationToken cancellation)
    {
        var provider = new EventPipeProvider("Microsoft-Windows-DotNETRuntime", System.Diagnostics.Tracing.EventLevel.Informational, HeapCollect);
        using (var session = await new DiagnosticsClient(pid).StartEventPipeSessionAsync([provider], requestRundown: false, token: cancellation))
        {
            var drained = session.EventStream.CopyToAsync(Stream.Null, cancellation);
            await Task.Delay(settle, TimeProvider.System, cancellation);
            await session.StopAsync(cancellation);
            await drained;
        }
        await Task.Delay(settle, TimeProvider.System, cancellation);
    }
}
