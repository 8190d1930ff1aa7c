using Granary.Tenants.Hosting;

namespace Granary.Tenants.Tests.Hosting;

/// <summary>A data folder is one process's.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), "granary-" + Guid.NewGuid().ToString("N"));

    [Fact]
    public void A_second_one_is_refused_with_a_sentence_and_gets_it_when_the_first_ends()
    {
        using (DataFolder.Take(_path))
            Should.Throw<IOException>(() => DataFolder.Take(_path)).Message.ShouldContain("--data");
        DataFolder.Take(_path).Dispose();
    }

    [Fact]
    public void It_and_what_an_older_version_left_in_it_are_closed_to_others()
    {
        if (OperatingSystem.IsWindows())
            return;
        Directory.CreateDirectory(Path.Combine(_path, "default", "vaults"), (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(_path, (UnixFileMode)0b111_101_101);
        File.WriteAllText(Path.Combine(_path, "default", "old"), "x");
        using var taken = DataFolder.Take(_path);
        foreach (var path in Directory.EnumerateFileSystemEntries(_path, "*", SearchOption.AllDirectories).Append(_path))
            (File.GetUnixFileMode(path) & (UnixFileMode)0b111_111).ShouldBe(UnixFileMode.None, path);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
