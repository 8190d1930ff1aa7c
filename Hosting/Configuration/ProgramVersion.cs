using System.Reflection;

namespace Granary.Hosting.Configuration;

/// <summary>The version of a program, as it was built: <c>1.2.3</c> or <c>1.2.3-rc.1</c>, without the commit.</summary>
public static class ProgramVersion
{
    /// <summary>The version of an assembly.</summary>
    public static string Of(Assembly? assembly) =>
        assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
