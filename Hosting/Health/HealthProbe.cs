namespace Granary.Hosting.Health;

/// <summary>Asks the program of the same machine whether it is ready, for images that have no other tool to ask with.</summary>
public static class HealthProbe
{
    /// <summary>Asks <c>/health/ready</c> on loopback.</summary>
    /// <returns>An exit code: 0 for ready, 1 for anything else.</returns>
    public static async Task<int> RunAsync(int port, TextWriter errors, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), cancellation);
            if (answer.IsSuccessStatusCode)
                return 0;
            await errors.WriteLineAsync("Not ready.");
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            await errors.WriteLineAsync($"Nothing answers on port {port}.");
        }
        return 1;
    }
}
