using System.Collections.Concurrent;

namespace Granary.Vault.Keys;

/// <summary>Bounds how many private keys of this process are in guarded memory; the least used make room ("second chance").</summary>
internal static class GuardedKeys
{
    /// <summary>At most this many, and one for each thread that makes one ready: 8192 mappings, 16 MB.</summary>
    public const int Most = 2048;

    private static readonly ConcurrentQueue<SigningKey> Waiting = new();
    private static int _count;

    /// <summary>Takes a key that has just been made ready, and has another one give up its memory where there are too many.</summary>
    public static void Add(SigningKey key)
    {
        Waiting.Enqueue(key);
        if (Interlocked.Increment(ref _count) <= Most)
            return;
        // Each that signed since it was last looked at is passed over once: twice round finds one, unless all are signing.
        for (var looks = 0; looks < 2 * Most && Waiting.TryDequeue(out var oldest); looks++)
        {
            if (oldest != key && oldest.TryPutAway())
            {
                Interlocked.Decrement(ref _count);
                return;
            }
            Waiting.Enqueue(oldest);
        }
    }
}
