namespace Granary.Testing;

/// <summary>A test of what this system has: signals and the <c>kill</c> command.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    /// <summary>Skips it elsewhere.</summary>
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = "SIGTERM is sent with kill, which this system does not have.";
    }
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips it elsewhere.</summary>
    public UnixTheoryAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = "It is about pipes and devices, which this system does not have.";
    }
}

/// <summary>A test of what Linux alone tells a process.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    /// <summary>Skips it elsewhere.</summary>
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
            Skip = "Other systems do not tell a process this.";
    }
}
