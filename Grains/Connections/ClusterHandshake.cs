using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Connections;

/// <summary>
/// Proves on every connection, before Orleans says a word, that both ends know the cluster's secret. It says who connects; it encrypts nothing.
/// </summary>
/// <remarks>
/// (1) The end that connects sends what this is, its role and a nonce. (2) The other answers with a nonce of its own, and whether it wants a proof.
/// (3) The proof is an HMAC of the secret over role and both nonces: nothing of it can be used for another connection. (4) The end that was called checks
/// it first, and only then proves itself: a caller without the secret gets nothing to guess it from. A version before this one starts with its own preamble; it
/// is let in, and spoken to without a handshake at the second try, only where <c>GRANARY_CLUSTER_INSECURE</c> says so.
/// </remarks>
internal sealed partial class ClusterHandshake(
    ClusterSecret? secret, bool isOpen, ClusterRefusals refusals, TimeProvider time, ILogger<ClusterHandshake> log)
{
    private const int NonceLength = 32;
    private const int ProofLength = HMACSHA256.HashSizeInBytes;
    private const int WordLength = 8 + 1 + NonceLength;
    private const byte WantsProof = 1;
    private const byte WantsNone = 0;
    private const byte Accepted = 1;
    private const byte Refused = 0;

    /// <summary>Longer than a busy machine takes, and the longest that a silent connection holds a socket.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private static readonly byte[] Magic = "GRNRYHS1"u8.ToArray();

    private readonly ILogger<ClusterHandshake> _log = log;
    private readonly ConcurrentDictionary<EndPoint, bool> _older = new();
    private readonly LineBudget _lines = new(time);

    /// <summary>Around every connection that this process opens.</summary>
    public ConnectionDelegate Connect(ConnectionDelegate next, ClusterRole role) => async connection =>
    {
        // A process without a secret says nothing: the other end may be a version that knows no handshake.
        if (secret is not null && !(isOpen && connection.RemoteEndPoint is { } peer && _older.ContainsKey(peer)))
            await RunAsync(connection, limit => ConnectAsync(connection, role, limit));
        await next(connection);
    };

    /// <summary>
    /// In front of TLS and of the handshake. A balancer, or a silo that looks whether this one is still there, connects and leaves: nobody was refused, and no attempt failed.
    /// </summary>
    public ConnectionDelegate Greet(ConnectionDelegate next) => async connection =>
    {
        await RunAsync(connection, limit => WaitForWordAsync(connection.Transport.Input, limit));
        await next(connection);
    };

    /// <summary>Around every connection that others open to this silo.</summary>
    public ConnectionDelegate Accept(ConnectionDelegate next, ClusterRole role) => async connection =>
    {
        await RunAsync(connection, limit => AcceptAsync(connection, role, limit));
        await next(connection);
    };

    private async Task RunAsync(ConnectionContext connection, Func<CancellationToken, Task> handshake)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
        try
        {
            await handshake(either.Token);
        }
        catch (ClusterRefusedException refused)
        {
            if (_lines.Take() is { } dropped)
                LogRefused(refused.Message, dropped);
            throw;
        }
        catch (OperationCanceledException)
        {
            throw new ConnectionResetException("The other end left, or said nothing, during the cluster's handshake.");
        }
    }

    /// <summary>Waits for the first byte and leaves it where it is.</summary>
    private static async Task WaitForWordAsync(PipeReader input, CancellationToken limit)
    {
        var read = await input.ReadAsync(limit);
        input.AdvanceTo(read.Buffer.Start);
        if (read.Buffer.IsEmpty)
            throw new ConnectionResetException("The other end left without a word.");
    }

    private async Task ConnectAsync(ConnectionContext connection, ClusterRole role, CancellationToken limit)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        var mine = Word((byte)role);
        await output.WriteAsync(mine, limit);
        if (await ReadAsync(input, WordLength, limit) is not { } theirs || !theirs.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            if (isOpen)
            {
                if (connection.RemoteEndPoint is { } peer)
                    _older.TryAdd(peer, true);
                throw new ConnectionResetException("The silo knows no handshake; it is tried again without one.");
            }
            throw Refuse($"The silo at {connection.RemoteEndPoint} does not answer the cluster's handshake: it is of a version without one, or behind another address. "
                + "Until all processes are of this version, set GRANARY_CLUSTER_INSECURE=true beside the secret.");
        }
        if (theirs[Magic.Length] == WantsNone)
        {
            if (!isOpen)
                throw Refuse($"The silo at {connection.RemoteEndPoint} proves nothing: it has no GRANARY_CLUSTER_SECRET. Give it the secret of this process.");
            return;
        }
        await output.WriteAsync(secret!.Prove(0, Said("connects", mine, theirs)), limit);
        var verdict = await ReadAsync(input, 1 + ProofLength, limit);
        if (verdict is null || verdict[0] != Accepted)
        {
            throw Refuse($"The silo at {connection.RemoteEndPoint} refused this process: GRANARY_CLUSTER_SECRET (GRANARY_CLUSTER_SECRET_FILE) is not the "
                + "cluster's. Silos and gateways of a cluster have the same.");
        }
        if (secret.Find(verdict.AsSpan(1), Said("accepts", mine, theirs)) < 0)
            throw Refuse($"The silo at {connection.RemoteEndPoint} does not know the cluster's secret: it is no silo of this cluster.");
        refusals.Last = null;
    }

    private async Task AcceptAsync(ConnectionContext connection, ClusterRole role, CancellationToken limit)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        if (!await StartsWithMagicAsync(input, limit))
        {
            if (secret is null || isOpen)
                return;
            throw new ClusterRefusedException(
                $"{connection.RemoteEndPoint} was refused: it did not prove the cluster's secret. Silos and gateways have the same GRANARY_CLUSTER_SECRET.");
        }
        var theirs = await ReadAsync(input, WordLength, limit) ?? throw new ConnectionResetException("The other end left during the cluster's handshake.");
        var mine = Word(secret is null ? WantsNone : WantsProof);
        await output.WriteAsync(mine, limit);
        if (secret is null)
            return;
        var proof = await ReadAsync(input, ProofLength, limit) ?? throw new ConnectionResetException("The other end left during the cluster's handshake.");
        // A port serves one role: a gateway that dials the silos' port, or the other way round, has the wrong address.
        var known = theirs[Magic.Length] == (byte)role ? secret.Find(proof, Said("connects", theirs, mine)) : -1;
        byte[] verdict = known < 0 ? [Refused, .. new byte[ProofLength]] : [Accepted, .. secret.Prove(known, Said("accepts", theirs, mine))];
        await output.WriteAsync(verdict, limit);
        if (known >= 0)
            return;
        // The verdict must be out before the connection ends: the other end leaves once it has read it.
        using var linger = new CancellationTokenSource(Linger, time);
        try
        {
            _ = await ReadAsync(input, 1, linger.Token);
        }
        catch (OperationCanceledException)
        {
            // It stays; this end leaves.
        }
        throw new ClusterRefusedException(
            $"{connection.RemoteEndPoint} was refused: its GRANARY_CLUSTER_SECRET is not the cluster's, or this port is not for it. Silos and gateways have the same.");
    }

    private ClusterRefusedException Refuse(string sentence)
    {
        refusals.Last = sentence;
        return new ClusterRefusedException(sentence);
    }

    private static byte[] Word(byte about) => [.. Magic, about, .. RandomNumberGenerator.GetBytes(NonceLength)];

    private static byte[] Said(string end, byte[] connects, byte[] accepts) => [.. System.Text.Encoding.ASCII.GetBytes(end), .. connects, .. accepts];

    /// <summary>Looks at what comes without taking it: a peer of a version before goes on where it began.</summary>
    private static async Task<bool> StartsWithMagicAsync(PipeReader input, CancellationToken limit)
    {
        while (true)
        {
            var read = await input.ReadAsync(limit);
            var length = (int)Math.Min(read.Buffer.Length, Magic.Length);
            var start = read.Buffer.Slice(0, length).ToArray();
            var fits = start.AsSpan().SequenceEqual(Magic.AsSpan(0, length));
            if (!fits || length == Magic.Length || read.IsCompleted || read.IsCanceled)
            {
                input.AdvanceTo(read.Buffer.Start);
                return fits && length == Magic.Length;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Exactly so many bytes; null where the other end leaves before.</summary>
    private static async Task<byte[]?> ReadAsync(PipeReader input, int count, CancellationToken limit)
    {
        try
        {
            var read = await input.ReadAtLeastAsync(count, limit);
            if (read.Buffer.Length < count || read.IsCanceled)
                return null;
            var bytes = read.Buffer.Slice(0, count).ToArray();
            input.AdvanceTo(read.Buffer.GetPosition(count));
            return bytes;
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException)
        {
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Cluster connection refused: {Reason} ({Dropped} more were refused since the last line)")]
    private partial void LogRefused(string reason, long dropped);

    /// <summary>One line a second, so that repeated connections cannot fill a disk.</summary>
    private sealed class LineBudget(TimeProvider time)
    {
        private readonly Lock _lock = new();
        private long? _last;
        private long _dropped;

        /// <returns>How many lines were left out before this one; null where this one is left out too.</returns>
        public long? Take()
        {
            lock (_lock)
            {
                if (_last is { } last && time.GetElapsedTime(last) < TimeSpan.FromSeconds(1))
                {
                    _dropped++;
                    return null;
                }
                var dropped = _dropped;
                (_last, _dropped) = (time.GetTimestamp(), 0);
                return dropped;
            }
        }
    }
}
