namespace Granary.Testing;

/// <summary>A test over upstream's own files, which are read from beside the repository and never copied into it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (SharedFiles.Root is null)
            Skip = "The folder 'shared' is not beside the repository, and GRANARY_SHARED does not name it.";
    }
}

/// <summary>The folder of what is not ours.</summary>
public static class SharedFiles
{
    /// <summary>Its path: <c>GRANARY_SHARED</c>, or <c>shared</c> beside the repository; null where there is none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>A file of Provara's.</summary>
    public static string PathOf(string name) => Path.Combine(Root!, "vectors", "provara", name);

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("GRANARY_SHARED");
        if (named is not null && Directory.Exists(named))
            return named;
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Granary.slnx")))
            root = root.Parent;
        // Beside the repository, or beside the folder of its worktrees.
        for (var beside = root?.Parent; beside is not null; beside = beside.Parent)
        {
            if (Path.Combine(beside.FullName, "shared") is var shared && Directory.Exists(Path.Combine(shared, "vectors")))
                return shared;
        }
        return null;
    }
}
