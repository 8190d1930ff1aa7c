using System.Globalization;
using System.Text;
using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>The keys of one vault. All carry one hash tag, so that a cluster keeps them in one slot and one script may touch them.</summary>
internal sealed class RedisLayout
{
    /// <summary>The version of this layout, kept in every vault's head.</summary>
    public const int Version = 1;

    /// <summary>Lines in a segment. A batch is never longer, so it touches two segments of a stream at most.</summary>
    public const int SegmentLines = 1024;

    private static readonly string[] Streams = ["events", "chain", "bridge"];

    private readonly string _root;
    private readonly Named?[] _recent = new Named?[2 * Streams.Length];

    public RedisLayout(string prefix, string name)
    {
        // Braces would move the hash tag; everything else may stand in a key.
        if (name.Length == 0 || name.AsSpan().ContainsAny('{', '}') || prefix.AsSpan().ContainsAny('{', '}'))
            throw new ArgumentException("A prefix and a vault's name in Redis have no braces, and the name is not empty.", nameof(name));
        _root = $"{prefix}:{{{name}}}:";
        Head = Key("head");
        Documents = Key("docs");
        Secrets = Key("secrets");
        Claims = Key("keys");
        ClaimOrder = Key("keys:order");
        Retries = Key("retries");
        RetryOrder = Key("retries:order");
        Beside = Key("beside");
        BesideSecrets = Key("beside:secrets");
    }

    /// <summary>Hash: layout, format, created (Unix ms), birth (random), count, hash, bridge (lines).</summary>
    public RedisKey Head { get; }

    /// <summary>Hash: name to bytes.</summary>
    public RedisKey Documents { get; }

    /// <summary>Hash: name to wrapped bytes.</summary>
    public RedisKey Secrets { get; }

    /// <summary>Hash: name to bytes, of what is no part of the vault; see <see cref="Ranked"/>.</summary>
    public RedisKey Beside { get; }

    /// <summary>Hash: name to wrapped bytes, likewise.</summary>
    public RedisKey BesideSecrets { get; }

    /// <summary>Hash: idempotency key to record.</summary>
    public RedisKey Claims { get; }

    /// <summary>List: idempotency keys, oldest first.</summary>
    public RedisKey ClaimOrder { get; }

    /// <summary>Hash: retry key to record, for a short while only.</summary>
    public RedisKey Retries { get; }

    /// <summary>List: retry keys, oldest first.</summary>
    public RedisKey RetryOrder { get; }

    /// <summary>List: the lines of one segment.</summary>
    public RedisKey Segment(LogStream stream, long index)
    {
        // Appends ask for the same two of each stream again and again.
        ref var recent = ref _recent[2 * (int)stream + (int)(index & 1)];
        if (recent is { } named && named.Index == index)
            return named.Key;
        var key = Key(string.Create(CultureInfo.InvariantCulture, $"{Streams[(int)stream]}:{index}"));
        recent = new Named(index, key);
        return key;
    }

    /// <summary>The segment that holds a line.</summary>
    public RedisKey SegmentOf(LogStream stream, long position) => Segment(stream, position / SegmentLines);

    /// <summary>List: a segment of a vault that is not born yet; it expires unless it is.</summary>
    /// <param name="mark">The birth's mark.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="index">The segment's place in it.</param>
    public RedisKey Staged(string mark, LogStream stream, long index) =>
        Key(string.Create(CultureInfo.InvariantCulture, $"birth:{mark}:{Streams[(int)stream]}:{index}"));

    private RedisKey Key(string name) => Encoding.UTF8.GetBytes(_root + name);

    private sealed record Named(long Index, RedisKey Key);
}
