namespace Granary.Cli.Hosting;

/// <summary>
/// The reference is a Python module too, and its guides call it so: <c>python -m provara.cli replay --path PATH</c>. In the image <c>python</c> is a
/// link to this program, which then is given the module's name first.
/// </summary>
internal static class PythonModule
{
    /// <summary>The command line without the module's name.</summary>
    public static IReadOnlyList<string> Strip(IReadOnlyList<string> args) =>
        args is ["-m", "provara" or "provara.cli", ..] ? [.. args.Skip(2)] : args;
}
