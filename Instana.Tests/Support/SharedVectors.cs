namespace Granary.Instana.Tests.Support;

/// <summary>Documents about Instana that are not ours, for tests with <see cref="SharedFactAttribute"/>.</summary>
internal static class SharedVectors
{
    public static string Document => Path.Combine(SharedFiles.Root!, "specs", "instana-openapi.json");

    public static string Vector(string name) => File.ReadAllText(Path.Combine(SharedFiles.Root!, "vectors", "instana", name));
}
