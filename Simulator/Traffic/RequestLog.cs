using System.Collections.Concurrent;

namespace Granary.Simulator.Traffic;

/// <summary>One request as it arrived.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path.</param>
/// <param name="Query">The query with its question mark, or empty.</param>
/// <param name="Headers">The headers, secrets and all: for tests in the same process only.</param>
public sealed record SeenRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The body, up to 64 KiB of it.</summary>
    public string Body { get; init; } = "";
}

/// <summary>Remembers what was asked. Tests in the same process see everything; over HTTP credentials are hashes.</summary>
public sealed class RequestLog
{
    private const int MaxKept = 10_000;
    private const int MaxBody = 64 * 1024;

    private readonly ConcurrentQueue<SeenRequest> _seen = new();
    private int _total;
    private int _aborted;
    private int _inFlight;
    private int _mostInFlight;

    /// <summary>How many requests there were.</summary>
    public int Total => Volatile.Read(ref _total);

    /// <summary>How many of them the client gave up.</summary>
    public int Aborted => Volatile.Read(ref _aborted);

    /// <summary>How many are being answered now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How many were being answered at once, at most.</summary>
    public int MostInFlight => Volatile.Read(ref _mostInFlight);

    /// <summary>The last requests, oldest first.</summary>
    public IReadOnlyList<SeenRequest> Seen => [.. _seen];

    internal async Task RecordAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var body = await ReadAsync(request, context.RequestAborted);
        _seen.Enqueue(new SeenRequest(
            request.Method,
            request.Path,
            request.QueryString.ToString(),
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            Body = body,
        });
        while (_seen.Count > MaxKept)
            _seen.TryDequeue(out _);
        Interlocked.Increment(ref _total);
        Raise(Interlocked.Increment(ref _inFlight));
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref _aborted);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static async Task<string> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0)
            return "";
        request.EnableBuffering();
        var buffer = new byte[MaxBody];
        var read = await request.Body.ReadAtLeastAsync(buffer, MaxBody, throwOnEndOfStream: false, cancellation);
        request.Body.Position = 0;
        return System.Text.Encoding.UTF8.GetString(buffer, 0, read);
    }

    private void Raise(int now)
    {
        int most;
        while ((most = Volatile.Read(ref _mostInFlight)) < now)
            Interlocked.CompareExchange(ref _mostInFlight, now, most);
    }
}
