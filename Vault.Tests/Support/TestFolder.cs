namespace Granary.Vault.Tests.Support;

/// <summary>A folder of its own for each test, gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder(string? below = null)
    {
        Path = System.IO.Path.Combine(below ?? System.IO.Path.GetTempPath(), "granary-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string Vault => System.IO.Path.Combine(Path, "vaults", "notes");

    public string State => System.IO.Path.Combine(Path, "state", "notes");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
