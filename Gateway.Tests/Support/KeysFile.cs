namespace Granary.Gateway.Tests.Support;

/// <summary>A file of keys in a folder of its own, which goes with what a gateway writes beside the file: its lock, and when keys were used.</summary>
internal sealed class KeysFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-keys-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "keys.json");

    /// <summary>Adds a key and returns it as its holder has it.</summary>
    public string Add(string tenant, params string[] scopes) => Keys.Add(Path, tenant, scopes);

    public void Dispose() => _folder.Delete(recursive: true);
}
