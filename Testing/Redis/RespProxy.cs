using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Granary.Testing.Redis;

/// <summary>What becomes of a command on its way through a <see cref="RespProxy"/>.</summary>
public enum Passage
{
    /// <summary>It goes through.</summary>
    Forward,

    /// <summary>The connection ends before Redis sees it.</summary>
    CutBefore,

    /// <summary>Redis carries it out; the connection ends before the client hears of it.</summary>
    CutAfter,

    /// <summary>The connection ends for the client; Redis gets the command when <see cref="RespProxy.ReleaseAsync"/> lets it go.</summary>
    Delay,
}

/// <summary>Stands between a client and Redis, and decides about each command.</summary>
public sealed class RespProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly Func<IReadOnlyList<string>, Passage> _decide;
    private readonly List<(TcpClient Upstream, byte[] Command)> _delayed = [];
    private readonly List<TcpClient> _open = [];
    private volatile bool _refusing;

    /// <summary>Listens at once.</summary>
    /// <param name="target">Redis' port.</param>
    /// <param name="decide">Told each command's parts as text, one at a time.</param>
    public RespProxy(int target, Func<IReadOnlyList<string>, Passage> decide)
    {
        _target = target;
        _decide = decide;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>How clients name it.</summary>
    public string Configuration => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Commands that wait for <see cref="ReleaseAsync"/>.</summary>
    public int Delayed
    {
        get
        {
            lock (_open)
                return _delayed.Count;
        }
    }

    /// <summary>Takes no new connections and ends those that are open, as a network that is gone.</summary>
    public void Refuse(bool keepOpen = false)
    {
        _refusing = true;
        if (!keepOpen)
            CloseAll();
    }

    /// <summary>Takes connections again.</summary>
    public void Accept() => _refusing = false;

    /// <summary>Hands delayed commands to Redis and waits until it has carried them out.</summary>
    public async Task ReleaseAsync()
    {
        List<(TcpClient Upstream, byte[] Command)> delayed;
        lock (_open)
        {
            delayed = [.. _delayed];
            _delayed.Clear();
        }
        foreach (var (upstream, command) in delayed)
        {
            await upstream.GetStream().WriteAsync(command);
            await DrainAsync(upstream);
            upstream.Dispose();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _listener.Dispose();
        Refuse();
        lock (_open)
        {
            foreach (var (upstream, _) in _delayed)
                upstream.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                if (_refusing)
                    client.Dispose();
                else
                    _ = ServeAsync(client);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var upstream = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        lock (_open)
            _open.AddRange([client, upstream]);
        var keep = false;
        try
        {
            await upstream.ConnectAsync(IPAddress.Loopback, _target);
            _ = PumpBackAsync(upstream, client);
            keep = await PumpAsync(new RespReader(client.GetStream()), upstream, client);
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
        finally
        {
            client.Dispose();
            if (!keep)
                upstream.Dispose();
        }
    }

    private async Task<bool> PumpAsync(RespReader reader, TcpClient upstream, TcpClient client)
    {
        while (await reader.ReadAsync() is { } command)
        {
            switch (_decide(command.Parts))
            {
                case Passage.CutBefore:
                    return false;
                case Passage.CutAfter:
                    client.Dispose();
                    await upstream.GetStream().WriteAsync(command.Raw);
                    await DrainAsync(upstream);
                    return false;
                case Passage.Delay:
                    lock (_open)
                    {
                        _delayed.Add((upstream, command.Raw));
                        _open.Remove(upstream);
                    }
                    return true;
                default:
                    await upstream.GetStream().WriteAsync(command.Raw);
                    break;
            }
        }
        return false;
    }

    /// <summary>Redis carries out what it has read before it sees that the connection has ended, and then ends its own side.</summary>
    private static async Task DrainAsync(TcpClient upstream)
    {
        var answers = upstream.GetStream();
        upstream.Client.Shutdown(SocketShutdown.Send);
        try
        {
            var rest = new byte[4096];
            while (await answers.ReadAsync(rest) > 0)
            {
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
        }
    }

    private static async Task PumpBackAsync(TcpClient upstream, TcpClient client)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            var answers = upstream.GetStream();
            while (await answers.ReadAsync(buffer) is var read and > 0)
            {
                if (client.Client is { Connected: true })
                    await client.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
            client.Dispose();
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private void CloseAll()
    {
        lock (_open)
        {
            foreach (var connection in _open)
                connection.Dispose();
            _open.Clear();
        }
    }

    private sealed class RespReader(NetworkStream stream)
    {
        private readonly BufferedStream _input = new(stream, 64 * 1024);
        private readonly MemoryStream _raw = new();

        public async Task<(IReadOnlyList<string> Parts, byte[] Raw)?> ReadAsync()
        {
            _raw.SetLength(0);
            if (await LineAsync() is not { } header)
                return null;
            var parts = new string[int.Parse(header.AsSpan(1))];
            for (var i = 0; i < parts.Length; i++)
            {
                var length = int.Parse((await LineAsync())!.AsSpan(1));
                var content = new byte[length + 2];
                await _input.ReadExactlyAsync(content);
                _raw.Write(content);
                parts[i] = Encoding.Latin1.GetString(content, 0, Math.Min(length, 200));
            }
            return (parts, _raw.ToArray());
        }

        private async Task<string?> LineAsync()
        {
            var line = new StringBuilder();
            var one = new byte[1];
            while (await _input.ReadAsync(one) > 0)
            {
                _raw.Write(one);
                if (one[0] == '\n')
                    return line.ToString().TrimEnd('\r');
                line.Append((char)one[0]);
            }
            return null;
        }
    }
}
