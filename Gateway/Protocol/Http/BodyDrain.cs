namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// Reads on behind a refusal that came before the body's end. Many clients look at the answer only once they have sent everything: to them a
/// connection that closes under their hands is a broken pipe, and the reason is lost. The answer goes out at once; what follows is thrown away, so
/// much of it and for so long.
/// </summary>
internal static class BodyDrain
{
    /// <summary>How much more than a body may have is read and thrown away.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>No limit is below this: what is not longer is never refused for its size.</summary>
    private const int Small = 1024;

    public static Task InvokeAsync(HttpContext context, RequestDelegate next, TimeProvider time) =>
        context.Request.ContentLength <= Small ? next(context) : WatchAsync(context, next, time);

    private static async Task WatchAsync(HttpContext context, RequestDelegate next, TimeProvider time)
    {
        await next(context);
        if (context.Response.StatusCode == StatusCodes.Status413PayloadTooLarge)
            await DrainAsync(context, time);
    }

    private static async Task DrainAsync(HttpContext context, TimeProvider time)
    {
        // A client that waits for leave to send (100-continue) has sent nothing, and reading would give it leave.
        if (context.Request.Headers.Expect.Count > 0)
            return;
        await context.Response.CompleteAsync();
        using var patience = new CancellationTokenSource(Patience, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        try
        {
            var (reader, left) = (context.Request.BodyReader, (long)MaxBytes);
            while (left > 0)
            {
                var read = await reader.ReadAsync(ended.Token);
                left -= read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The client has given up, or sends on for too long: the connection closes under it.
        }
        context.Abort();
    }
}
