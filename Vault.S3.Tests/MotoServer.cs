using System.Diagnostics;
using System.Globalization;

namespace Granary.Vault.S3.Tests;

/// <summary>Moto's server, which is somebody else's idea of S3: a process on a free port of loopback.</summary>
internal sealed class MotoServer : IDisposable
{
    private readonly Process _process;

    private MotoServer(Process process, string address) => (_process, Address) = (process, address);

    /// <summary>Whether this machine has it.</summary>
    public static bool IsInstalled { get; } = HasModule();

    public string Address { get; }

    public static async Task<MotoServer> StartAsync()
    {
        var process = Process.Start(new ProcessStartInfo("python3", ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]) { RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            return new MotoServer(process, await AddressAsync(process.StandardError, limit.Token));
        }
        catch (Exception)
        {
            End(process);
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => End(_process);

    private static async Task<string> AddressAsync(StreamReader log, CancellationToken cancellation)
    {
        const string Before = "Running on http://127.0.0.1:";
        while (await log.ReadLineAsync(cancellation) is { } line)
        {
            if (line.IndexOf(Before, StringComparison.Ordinal) is not (var at and >= 0))
                continue;
            // A full pipe would hold it up.
            _ = log.ReadToEndAsync(CancellationToken.None);
            return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{new string([.. line[(at + Before.Length)..].TakeWhile(char.IsAsciiDigit)])}");
        }
        throw new InvalidOperationException("Moto's server did not start.");
    }

    private static void End(Process process)
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    private static bool HasModule()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", ["-c", "import moto.server"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A test against Moto; skipped, and saying so, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MotoFactAttribute : FactAttribute
{
    /// <summary>Skips the test without Moto.</summary>
    public MotoFactAttribute()
    {
        if (!MotoServer.IsInstalled)
            Skip = "Moto (python3 -m moto.server) is not installed.";
    }
}
