namespace Granary.Bench.Setup;

/// <summary>Where things are in the repository.</summary>
internal sealed class Layout(BenchOptions options)
{
    /// <summary>The repository's folder.</summary>
    public string Root { get; } = FindRoot();

    /// <summary>The file of results.</summary>
    public string Results => Path.Combine(Root, "Bench", "RESULTS.md");

    /// <summary>The gateway's assembly.</summary>
    public string Gateway => options.Gateway is { } path ? Path.GetFullPath(path) : Release("Gateway");

    /// <summary>The assembly of the server with the stub tool.</summary>
    public string Tools => options.Tools is { } path ? Path.GetFullPath(path) : Release("Conformance.Tests");

    /// <summary>The Instana look-alike.</summary>
    public string Simulator => Release("Simulator");

    /// <summary>The silo.</summary>
    public string Silo => Release("Silo");

    /// <summary>This program's own assembly, which is also the floor.</summary>
    public static string Self => typeof(Layout).Assembly.Location;

    /// <summary>A new folder on the disk that is measured.</summary>
    public string NewDataFolder()
    {
        var parent = options.DataRoot is { } root ? Path.GetFullPath(root) : Path.Combine(Root, "artifacts", "bench");
        return Directory.CreateDirectory(Path.Combine(parent, Guid.NewGuid().ToString("N"))).FullName;
    }

    /// <summary>The Release build of a project in a checkout.</summary>
    public static string Release(string root, string project) => Path.Combine(root, "artifacts", "bin", project, "release", $"Granary.{project}.dll");

    private string Release(string project) => Release(Root, project);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Granary.slnx")))
                return folder.FullName;
        }
        throw new BenchException("Granary.slnx is in none of the folders above this program: run it from the repository.");
    }
}
