using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Granary.Gateway.Protocol.Http;

/// <summary>Writes server-sent events to one HTTP response; safe for several writers.</summary>
internal sealed class SseWriter
{
    private readonly PipeWriter _pipe;
    private readonly CancellationToken _aborted;
    private readonly SemaphoreSlim _gate = new(1);

    private SseWriter(HttpResponse response)
    {
        _pipe = response.BodyWriter;
        _aborted = response.HttpContext.RequestAborted;
    }

    /// <summary>Turns the response into an event stream that proxies do not hold back (rule S4).</summary>
    public static async ValueTask<SseWriter> StartAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
        var writer = new SseWriter(response);
        try
        {
            await response.StartAsync(writer._aborted);
            await response.BodyWriter.FlushAsync(writer._aborted);
        }
        catch (OperationCanceledException)
        {
            // The client is gone. Writers need not stop: every later write reports it again.
        }
        return writer;
    }

    /// <summary>One event. False when the client is gone; nothing is thrown for that.</summary>
    public ValueTask<bool> EventAsync(ReadOnlyMemory<byte> data, string? id = null, string? name = null, TimeSpan? retry = null) =>
        WriteAsync(pipe =>
        {
            if (name is not null)
                Line(pipe, "event: "u8, name);
            if (id is not null)
                Line(pipe, "id: "u8, id);
            if (retry is { } wait)
                Line(pipe, "retry: "u8, ((long)wait.TotalMilliseconds).ToString());
            Data(pipe, data.Span);
            pipe.Write("\n"u8);
        });

    /// <summary>A comment that keeps idle connections open (rule S5).</summary>
    public ValueTask<bool> KeepAliveAsync() => WriteAsync(static pipe => pipe.Write(":\n\n"u8));

    private async ValueTask<bool> WriteAsync(Action<PipeWriter> write)
    {
        if (_aborted.IsCancellationRequested)
            return false;
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            write(_pipe);
            var flushed = await _pipe.FlushAsync(_aborted);
            return !flushed.IsCompleted && !flushed.IsCanceled;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
        finally
        {
            _gate.Release();
        }
    }

    private static void Line(PipeWriter pipe, ReadOnlySpan<byte> field, string value)
    {
        pipe.Write(field);
        pipe.Write(Encoding.UTF8.GetBytes(value));
        pipe.Write("\n"u8);
    }

    // A line break inside JSON is white space, and an event's data may have several lines: the receiver joins them with line feeds.
    private static void Data(PipeWriter pipe, ReadOnlySpan<byte> data)
    {
        while (true)
        {
            var end = data.IndexOfAny((byte)'\n', (byte)'\r');
            pipe.Write("data: "u8);
            pipe.Write(end < 0 ? data : data[..end]);
            pipe.Write("\n"u8);
            if (end < 0)
                return;
            data = data[(end + 1)..];
        }
    }
}
