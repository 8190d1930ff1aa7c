using Granary.Bench.Setup;

namespace Granary.Bench.Processes;

/// <summary>Holds each of some processes to the same share of a core, by a control group for each. Disposed, they may use what they want.</summary>
internal sealed class CpuQuota : IDisposable
{
    /// <summary>Short, so that a process that has used its share waits briefly.</summary>
    private const int PeriodMicroseconds = 50_000;

    private readonly List<string> _groups = [];

    private CpuQuota()
    {
    }

    private static ControlGroups? Groups { get; } = ControlGroups.Find();

    /// <summary>Why this machine cannot do it; null where it can.</summary>
    public static string? Obstacle => Groups is null ? "processes cannot be held to a share of the CPU: no control groups that may be written to" : null;

    /// <summary>Holds the processes to their shares from now on.</summary>
    /// <param name="share">Of one core, between 0.02 and 1.</param>
    /// <param name="pids">The processes, with all their threads.</param>
    public static CpuQuota Hold(double share, IEnumerable<int> pids)
    {
        var groups = Groups ?? throw new BenchException(Obstacle!);
        var quota = new CpuQuota();
        try
        {
            foreach (var pid in pids)
                quota._groups.Add(groups.Add($"granary-bench-{pid}", (int)(share * PeriodMicroseconds), PeriodMicroseconds, pid));
            return quota;
        }
        catch
        {
            quota.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _groups.ForEach(group => Groups!.Remove(group));
}
