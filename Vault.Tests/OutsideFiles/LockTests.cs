using System.Globalization;
using System.Runtime.InteropServices;
using Granary.Testing;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace Granary.Vault.Tests.OutsideFiles;

/// <summary>Locks of files and folders, and what a process that is just being started has inherited of them.</summary>
public sealed class LockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-lock-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_has_one_holder()
    {
        var path = Path.Combine(_folder, "lock");
        using (OwnFile.Lock(path))
            Should.Throw<IOException>(() => OwnFile.Lock(path)).Message.ShouldContain("holds lock");
        OwnFile.Lock(path).Dispose();
    }

    [LinuxFact]
    public void A_file_s_lock_is_given_back_although_a_child_has_its_descriptor()
    {
        var path = Path.Combine(_folder, "lock");
        var held = OwnFile.Lock(path);
        using var inherited = Inherit(path);
        Should.Throw<IOException>(() => OwnFile.Lock(path));
        held.Dispose();
        OwnFile.Lock(path).Dispose();
    }

    [LinuxFact]
    public void A_folder_s_lock_is_given_back_although_a_child_has_its_descriptor()
    {
        var held = FolderLock.Take(_folder)!;
        using var inherited = Inherit(_folder);
        Should.Throw<IOException>(() => FolderLock.Take(_folder));
        held.Dispose();
        FolderLock.Take(_folder)!.Dispose();
    }

    /// <summary>A copy of the descriptor under which this process has something open, as a fork makes it.</summary>
    private static SafeFileHandle Inherit(string path)
    {
        var descriptor = Directory.EnumerateFileSystemEntries("/proc/self/fd").First(one => new FileInfo(one).LinkTarget == path);
        return new SafeFileHandle(Duplicate(int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture)), ownsHandle: true);
    }

    [DllImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int descriptor);
}
