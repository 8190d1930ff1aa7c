using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Granary.Bench.Setup;

namespace Granary.Bench.Load;

/// <summary>One keep-alive connection with one request in flight: no other leaves before its answer is complete and right.</summary>
internal sealed class LoadConnection(IPEndPoint endPoint, RequestTemplate template, bool echoesId) : IDisposable
{
    private readonly Socket _socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request = template.NewBuffer();
    private byte[] _buffer = new byte[16 * 1024];

    /// <summary>Answered requests.</summary>
    public long Requests { get; private set; }

    /// <summary>How long each took.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Connects.</summary>
    public ValueTask OpenAsync(CancellationToken cancellation) => _socket.ConnectAsync(endPoint, cancellation);

    /// <summary>Sends requests until the budget ends; fails with the first wrong answer.</summary>
    public async Task RunAsync(LoadBudget budget, CancellationToken cancellation)
    {
        for (var n = budget.Next(); n >= 0; n = budget.Next())
            await ExchangeAsync(n, Stopwatch.GetTimestamp(), cancellation);
    }

    /// <summary>Sends requests when they are due, whatever became of the ones before; latencies count from then.</summary>
    public async Task RunAsync(ChannelReader<Turn> turns, CancellationToken cancellation)
    {
        await foreach (var turn in turns.ReadAllAsync(cancellation))
            await ExchangeAsync(turn.Number, turn.Due, cancellation);
    }

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();

    private async Task ExchangeAsync(long n, long begin, CancellationToken cancellation)
    {
        template.Number(_request, n);
        await SendAsync(cancellation);
        var received = 0;
        while (!IsAnswered(received, n))
        {
            if (received == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            var more = await _socket.ReceiveAsync(_buffer.AsMemory(received), SocketFlags.None, cancellation);
            received += more > 0 ? more : throw new BenchException("The server closed a connection in the middle of a run.");
        }
        Latencies.Add(Stopwatch.GetElapsedTime(begin));
        Requests++;
    }

    private async ValueTask SendAsync(CancellationToken cancellation)
    {
        for (var sent = 0; sent < _request.Length;)
            sent += await _socket.SendAsync(_request.AsMemory(sent), SocketFlags.None, cancellation);
    }

    // An error that is quick must not count as speed, so every answer is looked at, not a sample: it costs the load's core, not the server's.
    private bool IsAnswered(int received, long n)
    {
        if (received == 0 || !HttpResponse.TryParse(_buffer.AsSpan(0, received), out var response))
            return false;
        var right = response.Status == 200 && response.Length == received
            && response.Body.IndexOf("\"result\""u8) >= 0 && response.Body.IndexOf("\"isError\":true"u8) < 0
            && (!echoesId || response.Body.IndexOf(template.Number(_request, n)) >= 0);
        if (right)
            return true;
        throw new BenchException($"A wrong answer in the middle of a run:\n{Encoding.UTF8.GetString(_buffer, 0, Math.Min(received, 2_000))}");
    }
}
