using System.Diagnostics;
using System.Globalization;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;

namespace Granary.Bench.Vaults;

/// <summary>What OpenSSL's own benchmark makes of Ed25519 on one core: what signing cost before NSec (docs/adr/0018).</summary>
internal sealed class OpenSslSpeed
{
    private const int Core = 1;

    /// <summary>Why it cannot run; null where it can.</summary>
    public static string? Obstacle { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "openssl")))
            ? null
            : "openssl is not installed";

    /// <summary>Signatures made in a second of CPU time.</summary>
    public Sample Sign { get; } = new();

    /// <summary>Signatures verified in a second of CPU time.</summary>
    public Sample Verify { get; } = new();

    /// <summary>Measures both for so many seconds each, on the core this process is pinned to.</summary>
    public async Task MeasureAsync(int seconds, CancellationToken cancellation)
    {
        using var process = Process.Start(CpuPinning.Command("openssl", ["speed", "-seconds", $"{seconds}", "ed25519"], Core))!;
        process.StandardInput.Close();
        process.BeginErrorReadLine();
        var (sign, verify) = Parse(await process.StandardOutput.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        Sign.Add(sign);
        Verify.Add(verify);
    }

    /// <summary>The two rates from its table's last line.</summary>
    /// <exception cref="BenchException">It has no such line.</exception>
    public static (double Sign, double Verify) Parse(string output)
    {
        var line = output.Split('\n').LastOrDefault(text => text.Contains("Ed25519", StringComparison.Ordinal));
        var fields = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is not { Length: > 2 }
            || !double.TryParse(fields[^2], NumberStyles.Float, CultureInfo.InvariantCulture, out var sign)
            || !double.TryParse(fields[^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var verify))
        {
            throw new BenchException("openssl speed printed no rates of Ed25519.");
        }
        return (sign, verify);
    }
}
