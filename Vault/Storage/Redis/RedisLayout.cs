using System.Globalization;
using StackExchange.Redis;

namespace Granary.Vault.Storage.Redis;

/// <summary>The keys of one vault. All carry one hash tag, so that a cluster keeps them in one slot and one script may touch them.</summary>
internal sealed class RedisLayout
{
    /// <summary>The version of this layout, kept in every vault's head.</summary>
    public const int Version = 1;

    /// <summary>Lines in a segment. A batch is never longer, so it touches two segments of a stream at most.</summary>
    public const int SegmentLines = 1024;

    private static readonly string[] Streams = ["events", "chain", "bridge"];

    private readonly string _root;

    public RedisLayout(string prefix, string name)
    {
        // Braces would move the hash tag; everything else may stand in a key.
        if (name.Length == 0 || name.AsSpan().ContainsAny('{', '}') || prefix.AsSpan().ContainsAny('{', '}'))
            throw new ArgumentException("A prefix and a vault's name in Redis have no braces, and the name is not empty.", nameof(name));
        _root = $"{prefix}:{{{name}}}:";
        Head = _root + "head";
        Documents = _root + "docs";
        Secrets = _root + "secrets";
        Claims = _root + "keys";
        ClaimOrder = _root + "keys:order";
        Retries = _root + "retries";
        RetryOrder = _root + "retries:order";
    }

    /// <summary>Hash: layout, format, created (Unix ms), birth (random), count, hash, bridge (lines).</summary>
    public RedisKey Head { get; }

    /// <summary>Hash: name to bytes.</summary>
    public RedisKey Documents { get; }

    /// <summary>Hash: name to wrapped bytes.</summary>
    public RedisKey Secrets { get; }

    /// <summary>Hash: idempotency key to record.</summary>
    public RedisKey Claims { get; }

    /// <summary>List: idempotency keys, oldest first.</summary>
    public RedisKey ClaimOrder { get; }

    /// <summary>Hash: retry key to record, for a short while only.</summary>
    public RedisKey Retries { get; }

    /// <summary>List: retry keys, oldest first.</summary>
    public RedisKey RetryOrder { get; }

    /// <summary>List: the lines of one segment.</summary>
    public RedisKey Segment(LogStream stream, long index) => string.Create(CultureInfo.InvariantCulture, $"{_root}{Streams[(int)stream]}:{index}");

    /// <summary>The segment a line lies in.</summary>
    public RedisKey SegmentOf(LogStream stream, long position) => Segment(stream, position / SegmentLines);
}
