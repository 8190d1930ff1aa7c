using Granary.Scenarios.Results;

namespace Granary.Scenarios.Setup;

/// <summary>Where the checkout is.</summary>
internal static class Repository
{
    /// <summary>The repository's folder.</summary>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Granary.slnx")))
                return folder.FullName;
        }
        throw new ScenarioException("Granary.slnx is in none of the folders above this program: run it from the repository.");
    }
}
