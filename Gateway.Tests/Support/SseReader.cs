using System.Text.Json.Nodes;

namespace Granary.Gateway.Tests.Support;

/// <summary>Reads an event stream while it is open. Waits are bounded by a guard, never by a measurement.</summary>
internal sealed class SseReader : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    public SseReader(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _reader = new StreamReader(stream);
    }

    public HttpResponseMessage Response => _response;

    /// <summary>How many comment lines were read.</summary>
    public int Comments { get; private set; }

    /// <summary>The next event, or null at the stream's end.</summary>
    public async Task<SseEvent?> NextAsync()
    {
        string? id = null, name = null, retry = null;
        List<string>? data = null;
        while (true)
        {
            var line = await _reader.ReadLineAsync().WaitAsync(Guard.Time);
            if (line is null)
                return null;
            if (line.StartsWith(':'))
            {
                Comments++;
            }
            else if (line.Length == 0)
            {
                if (id is not null || name is not null || retry is not null || data is not null)
                    return new SseEvent(id, name, retry, string.Join('\n', data ?? []));
            }
            else
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                colon.ShouldBeGreaterThan(0, line);
                var value = line[(colon + 1)..];
                value = value.StartsWith(' ') ? value[1..] : value;
                _ = line[..colon] switch
                {
                    "id" => id = value,
                    "event" => name = value,
                    "retry" => retry = value,
                    "data" => Add(ref data, value),
                    var other => throw new InvalidOperationException($"'{other}' is no field of an event."),
                };
            }
        }
    }

    /// <summary>The next event that has data.</summary>
    public async Task<JsonObject> MessageAsync()
    {
        while (true)
        {
            var next = await NextAsync() ?? throw new InvalidOperationException("The stream ended.");
            if (next.Data.Length > 0)
                return next.Message;
        }
    }

    public async Task<List<SseEvent>> ToEndAsync()
    {
        var events = new List<SseEvent>();
        while (await NextAsync() is { } next)
            events.Add(next);
        return events;
    }

    /// <summary>Waits for a comment line.</summary>
    public async Task CommentAsync()
    {
        while (await _reader.ReadLineAsync().WaitAsync(Guard.Time) is { } line)
        {
            if (line.StartsWith(':'))
                return;
        }
        throw new InvalidOperationException("The stream ended.");
    }

    public void Dispose()
    {
        _response.Dispose();
        _reader.Dispose();
    }

    private static string Add(ref List<string>? data, string value)
    {
        (data ??= []).Add(value);
        return value;
    }
}

/// <summary>How long a test waits for what must come; not a measurement.</summary>
internal static class Guard
{
    public static TimeSpan Time { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Polls until something is so.</summary>
    public static async Task UntilAsync(Func<bool> isSo, string what)
    {
        for (var i = 0; i < 12_000; i++)
        {
            if (isSo())
                return;
            await Task.Delay(10);
        }
        throw new TimeoutException($"It never came to be that {what}.");
    }
}
