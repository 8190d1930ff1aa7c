using System.Diagnostics;

namespace Granary.Testing;

/// <summary>
/// Go's own implementation of signed notes and tiled logs (Debian: golang-go, golang-golang-x-mod-dev), as a program that checks ours. It is built once.
/// </summary>
public static class GoTlog
{
    private const string Packages = "/usr/share/gocode";

    private static readonly Lazy<string> Program = new(Build);

    /// <summary>Why it cannot be used here; null where it can.</summary>
    public static string? Missing { get; } = Find();

    /// <summary>Runs a command of it.</summary>
    public static async Task<GoVerdict> RunAsync(params string[] arguments)
    {
        using var process = Start(Program.Value, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new GoVerdict(process.ExitCode == 0, (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries), await error);
    }

    private static string Build()
    {
        var folder = Directory.CreateTempSubdirectory("granary-go-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var source = Path.Combine(folder, "tlogcheck.go");
        using (var file = File.Create(source))
        using (var text = typeof(GoTlog).Assembly.GetManifestResourceStream("tlogcheck.go")!)
            text.CopyTo(file);
        using var process = Start("go", ["build", "-o", Path.Combine(folder, "tlogcheck"), source], folder);
        var problem = process.StandardError.ReadToEnd();
        process.WaitForExit();
        // Thousands of files: a test host that ends is not given the time to delete them.
        Directory.Delete(Path.Combine(folder, "cache"), recursive: true);
        return process.ExitCode == 0 ? Path.Combine(folder, "tlogcheck") : throw new InvalidOperationException(problem);
    }

    private static Process Start(string program, string[] arguments, string? cache = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (cache is not null)
        {
            // Debian's way: its packages are a GOPATH, and nothing is fetched.
            start.Environment["GO111MODULE"] = "off";
            start.Environment["GOPATH"] = Packages;
            start.Environment["GOCACHE"] = Path.Combine(cache, "cache");
        }
        return Process.Start(start)!;
    }

    private static string? Find()
    {
        try
        {
            using var process = Start("go", ["version"]);
            process.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Go is not installed (Debian: golang-go).";
        }
        return Directory.Exists(Path.Combine(Packages, "src/golang.org/x/mod/sumdb/tlog"))
            ? null
            : "golang.org/x/mod is not installed (Debian: golang-golang-x-mod-dev).";
    }
}

/// <summary>What Go's program found.</summary>
public sealed record GoVerdict(bool Good, IReadOnlyList<string> Lines, string Problem);

/// <summary>A test in which Go checks.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoFactAttribute : FactAttribute
{
    public GoFactAttribute() => Skip = GoTlog.Missing;
}
