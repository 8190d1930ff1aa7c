using System.Net;

namespace Granary.Gateway.Access;

/// <summary>
/// Slows down addresses that try secrets. The first thirty-two for one key within a minute cost nothing; each of the next eight waits before it is
/// answered, twice as long as the one before up to two seconds; the rest of the minute they are answered with 429 and lose their connection. So are all
/// guesses of an address that made <see cref="FreeOfAll"/> at whatever keys. What could not be a key's secret is no guess and only refused; a valid
/// credential never waits, whatever its address did before: many clients may share one, behind a proxy. Memory is bounded: addresses share a fixed table of
/// counters.
/// </summary>
internal sealed partial class Guesses(TimeProvider time, ILogger<Guesses> log)
{
    public const string TooMany = "Too many credentials that are not valid came from this address; try again in a minute.";

    private const int Free = 32;
    private const int FreeOfAll = 512;
    private const int Slots = 4096;
    private const int MaxWaiting = 256;
    private const int Slowed = 8;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly ILogger<Guesses> _log = log;
    private readonly Slot[] _keys = [.. Enumerable.Range(0, Slots).Select(_ => new Slot())];
    private readonly Slot[] _addresses = [.. Enumerable.Range(0, Slots).Select(_ => new Slot())];
    private int _waiting;

    /// <summary>Counts a guess and waits. False where it is answered with 429 at once: its address, or all together, guess too much.</summary>
    /// <param name="context">The request.</param>
    /// <param name="guessed">What it guesses at, see <see cref="AccessRefusedException.Guessed"/>.</param>
    public async ValueTask<bool> SlowAsync(HttpContext context, string guessed)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        var network = Network(address);
        var count = Count(_keys, HashCode.Combine(network, guessed), Free);
        if (count <= Free && Count(_addresses, HashCode.Combine(network), FreeOfAll) <= FreeOfAll)
            return true;
        if (count == Free + 1)
            LogSlowed(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, Free);
        try
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting || count is <= Free or > Free + Slowed)
            {
                // Each guess then costs a connection.
                context.Response.Headers.Connection = "close";
                context.Response.Headers.RetryAfter = "60";
                return false;
            }
            var wait = Shortest * Math.Pow(2, count - Free - 1);
            await Task.Delay(wait < Longest ? wait : Longest, time, context.RequestAborted);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private int Count(Slot[] slots, int hash, int free) =>
        slots[(uint)hash % Slots].Count(hash, free, time.GetTimestamp(), (long)(Window.TotalSeconds * time.TimestampFrequency));

    /// <summary>A host with an IPv6 address has at least a /64 network of them.</summary>
    private static long Network(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).TryWriteBytes(bytes, out var length);
        return length == 16 ? BitConverter.ToInt64(bytes) : BitConverter.ToInt32(bytes);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Address} tried {Count} secrets that are not valid within a minute: its refusals are slowed down")]
    private partial void LogSlowed(IPAddress address, int count);

    /// <summary>
    /// The guesses of one in the present minute. Another who falls on it takes its place; while the one in it guesses too much, the other is not counted:
    /// nobody is refused for what somebody else did.
    /// </summary>
    private sealed class Slot
    {
        private readonly Lock _gate = new();
        private long _start;
        private int _owner;
        private int _count;

        public int Count(int owner, int free, long now, long window)
        {
            lock (_gate)
            {
                var isOver = _count == 0 || now - _start > window;
                if (!isOver && _owner != owner && _count > free)
                    return 1;
                if (isOver || _owner != owner)
                    (_owner, _start, _count) = (owner, now, 0);
                return ++_count;
            }
        }
    }
}
