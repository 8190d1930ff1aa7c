using Granary.Scenarios.Cluster;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Faults;

/// <summary>
/// Hosts whose clocks are ahead, by libfaketime (Debian's package <c>faketime</c>): the programs are told nothing of it. What a process measures by the monotonic clock
/// stays right, as on a host that was set wrong.
/// </summary>
internal static class WrongClock
{
    private const string Root = "/usr/lib";
    private const string Library = "faketime/libfaketimeMT.so.1";

    /// <summary>The library.</summary>
    /// <exception cref="SkipException">It is not installed.</exception>
    public static string Find() =>
        (Directory.Exists(Root) ? Directory.GetDirectories(Root).Prepend(Root).Select(folder => Path.Combine(folder, Library)).FirstOrDefault(File.Exists) : null)
        ?? throw new SkipException("libfaketime is not installed (apt-get install faketime)");

    /// <summary>Has one process, from its next start on, take a later time for now.</summary>
    public static ProcessSettings Ahead(this ProcessSettings settings, string instance, TimeSpan by) => settings
        .With(instance, "LD_PRELOAD", Find())
        .With(instance, "DONT_FAKE_MONOTONIC", "1")
        // With its guess of the runtime's waits, which is for another C library, they never end.
        .With(instance, "FAKETIME_FORCE_MONOTONIC_FIX", "0")
        .With(instance, "FAKETIME", $"+{by.TotalSeconds:F0}s");

    /// <summary>How far a process is ahead, by the date of its answers: to the second.</summary>
    public static async Task<TimeSpan> OfAsync(Instance instance, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{instance.Port}/health/live"), cancellation);
        return answer.Headers.Date!.Value - TimeProvider.System.GetUtcNow();
    }
}
