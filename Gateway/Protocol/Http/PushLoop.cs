using Granary.Gateway.Changes;

namespace Granary.Gateway.Protocol.Http;

/// <summary>Carries changes to a stream until either side ends, with a comment now and then so that nobody in between closes it.</summary>
internal static class PushLoop
{
    public static async Task RunAsync(
        Listener listener,
        SseWriter writer,
        Func<Change, byte[]> toMessage,
        string? eventName,
        TimeSpan keepAlive,
        CancellationToken ended)
    {
        var alive = true;
        while (alive && !ended.IsCancellationRequested)
        {
            try
            {
                using var quiet = CancellationTokenSource.CreateLinkedTokenSource(ended);
                quiet.CancelAfter(keepAlive);
                if (!await listener.WaitAsync(quiet.Token))
                    return;
            }
            catch (OperationCanceledException)
            {
                alive = !ended.IsCancellationRequested && await writer.KeepAliveAsync();
                continue;
            }
            while (alive && listener.TryTake(out var change))
                alive = await writer.EventAsync(toMessage(change), name: eventName);
        }
    }
}
