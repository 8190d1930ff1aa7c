using Granary.Bench.Processes;

namespace Granary.Bench.Tests.Processes;

public class GarbageCollectionTests
{
    [Fact]
    public async Task A_process_collects_its_whole_heap_when_it_is_asked_to()
    {
        var garbage = AbandonedInTheOldestGeneration();
        await GarbageCollection.ForceAsync(Environment.ProcessId, TimeSpan.FromSeconds(1), CancellationToken.None);
        garbage.IsAlive.ShouldBeFalse();
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference AbandonedInTheOldestGeneration()
    {
        var garbage = new byte[1024];
        GC.Collect();
        GC.Collect();
        return new WeakReference(garbage);
    }
}
