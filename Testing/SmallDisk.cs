using System.Diagnostics;

namespace Granary.Testing;

/// <summary>A file system in memory with room for little, and a file that fills it up.</summary>
public sealed class SmallDisk : IDisposable
{
    public SmallDisk(int kilobytes = 512)
    {
        Path = Directory.CreateTempSubdirectory("granary-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", Path) == 0)
            return;
        Directory.Delete(Path);
        throw new IOException("No file system could be mounted.");
    }

    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

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

    /// <summary>Leaves so many bytes free.</summary>
    public void Fill(int free)
    {
        var room = new DriveInfo(Path).AvailableFreeSpace - free;
        var page = new byte[4096];
        using var file = File.Create(Filler);
        for (; room > 0; room -= page.Length)
            file.Write(page);
    }

    public void FreeUp() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", Path);
        Directory.Delete(Path);
    }

    internal static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

/// <summary>A test that mounts a file system.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly bool IsPossible = SmallDisk.IsPossible();

    public SmallDiskFactAttribute()
    {
        if (!IsPossible)
            Skip = "Mounting a file system needs root on Linux.";
    }
}
