using System.Globalization;

namespace Granary.Bench.Processes;

/// <summary>What Linux says about a process under <c>/proc</c>.</summary>
internal static class ProcStat
{
    // USER_HZ, which is 100 on every Linux that .NET runs on.
    private const double TickMicroseconds = 10_000;

    /// <summary>User and system time so far, in microseconds; it grows in steps of 10 ms.</summary>
    public static double CpuMicroseconds(int pid) => ParseCpuTicks(File.ReadAllText($"/proc/{pid}/stat")) * TickMicroseconds;

    /// <summary>Time that the whole machine's cores spent so far, in ticks, and how much of it idle.</summary>
    public static (long Idle, long All) MachineTicks() => ParseMachineTicks(File.ReadAllText("/proc/stat"));

    /// <summary>The first line of <c>/proc/stat</c>: user, nice, system, idle, iowait, irq, softirq, steal.</summary>
    public static (long Idle, long All) ParseMachineTicks(string stat)
    {
        var line = stat[..stat.IndexOf('\n', StringComparison.Ordinal)];
        // Guests' time behind these is part of user's already.
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (ticks[3] + ticks[4], ticks.Sum());
    }

    /// <summary>Resident memory in bytes.</summary>
    public static long ResidentBytes(int pid) => ParseKilobytes(File.ReadAllText($"/proc/{pid}/status"), "VmRSS:") * 1024;

    /// <summary>utime and stime of a <c>stat</c> line, whose second field is a name that may contain spaces and brackets.</summary>
    public static long ParseCpuTicks(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    /// <summary>A figure of a <c>status</c> file.</summary>
    public static long ParseKilobytes(string status, string name)
    {
        foreach (var line in status.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
                return long.Parse(line[name.Length..].Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
        }
        throw new FormatException($"There is no {name} line.");
    }
}
