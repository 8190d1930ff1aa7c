namespace Granary.Instana.Tests.Support;

/// <summary>Waits for what another thread will do. How long it takes is never part of the test.</summary>
internal static class Eventually
{
    public static async Task IsAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
            await Task.Delay(5, limit.Token);
    }
}
