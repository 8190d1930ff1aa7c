namespace Granary.Bench.Processes;

/// <summary>CPU time of several processes from its creation on.</summary>
internal sealed class CpuMeter(params int[] pids)
{
    private readonly double[] _before = [.. pids.Select(ProcStat.CpuMicroseconds)];

    /// <summary>Microseconds of each, in the order given.</summary>
    public double[] Read() => [.. pids.Select((pid, i) => ProcStat.CpuMicroseconds(pid) - _before[i])];
}
