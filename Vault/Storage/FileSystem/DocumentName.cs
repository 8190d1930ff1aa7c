namespace Granary.Vault.Storage.FileSystem;

/// <summary>Names of documents. They come from the code and are checked all the same: a document must be inside its vault.</summary>
internal static class DocumentName
{
    public static string Resolve(string folder, string name)
    {
        foreach (var part in name.Split('/'))
        {
            if (part.Length == 0 || part is "." or ".." || part.AsSpan().ContainsAny("\\:\0"))
                throw new ArgumentException($"'{name}' does not name a document of a vault.", nameof(name));
        }
        return Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar));
    }
}
