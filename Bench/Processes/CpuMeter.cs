namespace Granary.Bench.Processes;

/// <summary>CPU time of several processes from its creation on.</summary>
internal sealed class CpuMeter(params int[] pids)
{
    private readonly double[] _before = [.. pids.Select(ProcStat.CpuMicroseconds)];

    /// <summary>Microseconds of each, in the order given.</summary>
    public double[] Read() => [.. pids.Select((pid, i) => ProcStat.CpuMicroseconds(pid) - _before[i])];
}

/// <summary>How busy the whole machine is from its creation on.</summary>
internal sealed class MachineMeter
{
    private readonly (long Idle, long All) _before = ProcStat.MachineTicks();

    /// <summary>From 0 to 1, of all its cores.</summary>
    public double Read()
    {
        var (idle, all) = ProcStat.MachineTicks();
        return 1 - ((double)(idle - _before.Idle) / (all - _before.All));
    }
}
