namespace Granary.Bench.Processes;

/// <summary>The kernel's control groups for CPU time, in either version.</summary>
internal sealed class ControlGroups
{
    private const string Root = "/sys/fs/cgroup";
    private const string Members = "cgroup.procs";

    private readonly string _root;
    private readonly bool _isSecond;

    private ControlGroups(string root, bool isSecond) => (_root, _isSecond) = (root, isSecond);

    /// <summary>Those that this process may make groups in; null where there are none.</summary>
    public static ControlGroups? Find()
    {
        foreach (var groups in (ControlGroups[])[new($"{Root}/cpu", false), new(Root, true)])
        {
            try
            {
                var probe = groups.Make($"granary-bench-probe-{Environment.ProcessId}");
                var works = File.Exists(Path.Combine(probe, groups._isSecond ? "cpu.max" : "cpu.cfs_quota_us"));
                Directory.Delete(probe);
                if (works)
                    return groups;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Not this version, or not for this user.
            }
        }
        return null;
    }

    /// <summary>Makes a group and puts a process into it.</summary>
    /// <returns>The group.</returns>
    public string Add(string name, int quota, int period, int pid)
    {
        var group = Make(name);
        if (_isSecond)
        {
            Write(group, "cpu.max", $"{quota} {period}");
        }
        else
        {
            Write(group, "cpu.cfs_period_us", $"{period}");
            Write(group, "cpu.cfs_quota_us", $"{quota}");
        }
        Write(group, Members, $"{pid}");
        return group;
    }

    /// <summary>Lets the group's process go, and removes it.</summary>
    public void Remove(string group)
    {
        foreach (var pid in File.ReadAllLines(Path.Combine(group, Members)))
            Write(_root, Members, pid);
        Directory.Delete(group);
    }

    private string Make(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    private static void Write(string group, string file, string value) => File.WriteAllText(Path.Combine(group, file), value);
}
