using System.Diagnostics;
using Granary.Bench.Processes;
using Granary.Bench.Vaults;
using Granary.Vault.Storage;

namespace Granary.Bench.Builds;

/// <summary>What an event costs in this process: built, and verified.</summary>
internal static class VaultWork
{
    private const int Block = 1_000;

    /// <summary>Events prepared, linked and signed in a second of CPU time.</summary>
    public static async Task<double> SignAsync(VaultShape shape, string folder, TimeSpan duration, CancellationToken cancellation)
    {
        await using var vault = await shape.OpenAsync(VaultShape.Store(folder, shape.Name), cancellation);
        var head = vault.Log.Head;
        var cpu = new CpuMeter(Environment.ProcessId);
        var count = 0L;
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < duration; count += Block)
        {
            for (var i = 0; i < Block; i++)
                head = new LogHead(head.Count + 1, vault.Build(shape.Event(head.Count), head).Hash);
        }
        return count / (cpu.Read()[0] / 1e6);
    }

    /// <summary>Events of a whole vault verified in a second of CPU time.</summary>
    public static async Task<double> VerifyAsync(VaultShape shape, string folder, CancellationToken cancellation)
    {
        await using var vault = await shape.OpenAsync(VaultShape.Store(folder, shape.Name), cancellation);
        var cpu = new CpuMeter(Environment.ProcessId);
        return await shape.VerifyAsync(vault.Log, cancellation) / (cpu.Read()[0] / 1e6);
    }
}
