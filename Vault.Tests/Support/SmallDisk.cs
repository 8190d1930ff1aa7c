using System.Diagnostics;

namespace Granary.Vault.Tests.Support;

/// <summary>A file system in memory with room for little.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk()
    {
        Path = Directory.CreateTempSubdirectory("granary-disk-").FullName;
        Run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", Path).ShouldBe(0);
    }

    public string Path { get; }

    public void Dispose()
    {
        Run("umount", Path);
        Directory.Delete(Path);
    }

    public static bool IsPossible()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return false;
        try
        {
            using var disk = new SmallDisk();
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

/// <summary>A test that mounts a small file system.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootOnLinuxFactAttribute : FactAttribute
{
    private static readonly bool IsPossible = SmallDisk.IsPossible();

    public RootOnLinuxFactAttribute()
    {
        if (!IsPossible)
            Skip = "Mounting a small file system needs root on Linux.";
    }
}
