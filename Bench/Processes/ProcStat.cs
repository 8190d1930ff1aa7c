using System.Globalization;

namespace Granary.Bench.Processes;

/// <summary>What Linux says about a process under <c>/proc</c>.</summary>
internal static class ProcStat
{
    // USER_HZ, which is 100 on every Linux that .NET runs on.
    private const double TickMicroseconds = 10_000;

    /// <summary>User and system time so far, in microseconds; it grows in steps of 10 ms.</summary>
    public static double CpuMicroseconds(int pid) => ParseCpuTicks(File.ReadAllText($"/proc/{pid}/stat")) * TickMicroseconds;

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
