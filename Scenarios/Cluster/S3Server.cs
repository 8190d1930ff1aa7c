using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cluster;

/// <summary>s3rver of npm, a process on a port of loopback: somebody else's idea of S3, which checks signatures and keeps objects in files.</summary>
internal sealed partial class S3Server : IDisposable
{
    /// <summary>The names of those files that are objects.</summary>
    public const string ObjectFiles = "*._S3rver_object";

    private const string Bucket = "vaults";

    // The only one it knows.
    private const string Key = "S3RVER";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly string _port;

    private S3Server(Process process, string port) => (_process, _port) = (process, port);

    /// <summary>What tells a program of this archive, and who it is there.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["GRANARY_ARCHIVE"] = $"s3://{Bucket}/granary?endpoint=http://127.0.0.1:{_port}",
        ["AWS_ACCESS_KEY_ID"] = Key,
        ["AWS_SECRET_ACCESS_KEY"] = Key,
    };

    /// <summary>Installs it and starts it.</summary>
    /// <param name="repository">The checkout, which says the version and gets it below <c>artifacts</c>.</param>
    /// <param name="folder">Where objects go.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SkipException">It cannot be had on this machine.</exception>
    public static async Task<S3Server> StartAsync(string repository, string folder, CancellationToken cancellation)
    {
        var process = Process.Start(new ProcessStartInfo(
            "node",
            [await InstallAsync(repository, cancellation), "-d", folder, "-a", "127.0.0.1", "-p", "0", "--no-vhost-buckets", "--configure-bucket", Bucket])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Longest);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (Listening().Match(line) is not { Success: true } found)
                    continue;
                // Full pipes would hold it up.
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
                return new S3Server(process, found.Groups[1].Value);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Said below.
        }
        End(process);
        throw new ScenarioException("s3rver does not start.");
    }

    /// <inheritdoc />
    public void Dispose() => End(_process);

    private static void End(Process process)
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    [GeneratedRegex(@"listening on .*:(\d+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Listening();

    private static async Task<string> InstallAsync(string repository, CancellationToken cancellation)
    {
        var home = Directory.CreateDirectory(Path.Combine(repository, "artifacts", "object-storage")).FullName;
        var program = Path.Combine(home, "node_modules", "s3rver", "bin", "s3rver.js");
        var installed = Path.Combine(home, ".installed");
        var locked = Path.Combine(repository, "Scenarios", "ObjectStorage", "package-lock.json");
        var versions = await File.ReadAllTextAsync(locked, cancellation);
        if (File.Exists(program) && File.Exists(installed) && await File.ReadAllTextAsync(installed, cancellation) == versions)
            return program;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(locked)!))
            File.Copy(file, Path.Combine(home, Path.GetFileName(file)), overwrite: true);
        try
        {
            var (exit, _, errors) = await Shell.TryAsync("npm", ["ci", "--loglevel", "error", "--no-audit", "--no-fund", "--ignore-scripts"], cancellation, home);
            if (exit != 0 || !File.Exists(program))
                throw new SkipException($"s3rver could not be installed from npm: {errors.Trim()}");
        }
        catch (Win32Exception)
        {
            throw new SkipException("s3rver is installed by npm, which this machine does not have");
        }
        await File.WriteAllTextAsync(installed, versions, cancellation);
        return program;
    }
}
