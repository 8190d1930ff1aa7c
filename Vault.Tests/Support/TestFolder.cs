namespace Granary.Vault.Tests.Support;

/// <summary>A folder of its own for each test, gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder(string? below = null)
        : this(below ?? System.IO.Path.GetTempPath(), "granary-" + Guid.NewGuid().ToString("N")) => Directory.CreateDirectory(Path);

    private TestFolder(string below, string name) => Path = System.IO.Path.Combine(below, name);

    public string Path { get; }

    public string Vault => System.IO.Path.Combine(Path, "vaults", "notes");

    public string State => System.IO.Path.Combine(Path, "state", "notes");

    /// <summary>The folder of another process, which also deletes it.</summary>
    public static TestFolder At(string path) => new(path, "");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
