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

public static class SharedFiles
{
    public static string? Root { get; } = Find();

    public static string PathOf(string name) => Path.Combine(Root!, "vectors", "provara", name);

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("GRANARY_SHARED");
        if (named is not null && Directory.Exists(named))
            return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Granary.slnx")))
                return folder.Parent is { } above && Directory.Exists(Path.Combine(above.FullName, "shared")) ? Path.Combine(above.FullName, "shared") : null;
        }
        return null;
    }
}
