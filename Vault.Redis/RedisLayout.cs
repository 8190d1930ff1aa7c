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

    /// <summary>The version of a vault that has segments in an archive: programs that know of none refuse it.</summary>
    public const int SealedVersion = 2;

    /// <summary>Lines in a segment.</summary>
    public const int DefaultSegmentLines = 1024;

    /// <summary>Events in an append, at most.</summary>
    public const int MaxBatch = 1024;

    /// <summary>Bytes of a hash in <see cref="Sealed"/>.</summary>
    public const int HashBytes = 32;

    private static readonly string[] Streams = ["events", "chain", "bridge"];

    // Keys are made of it when they are used: there is a layout for each active vault.
    private readonly byte[] _root;

    /// <param name="prefix">What every key begins with.</param>
    /// <param name="name">Tenant and vault.</param>
    /// <param name="segmentLines">Lines in a segment; the same for everybody who opens the vault.</param>
    public RedisLayout(string prefix, string name, int segmentLines = DefaultSegmentLines)
    {
        // Braces would move the hash tag; everything else may stand in a key.
        if (name.Length == 0 || name.AsSpan().ContainsAny('{', '}') || prefix.AsSpan().ContainsAny('{', '}'))
            throw new ArgumentException("A prefix and a vault's name in Redis have no braces, and the name is not empty.", nameof(name));
        _root = Encoding.UTF8.GetBytes($"{prefix}:{{{name}}}:");
        Name = name;
        SegmentLines = segmentLines;
    }

    /// <summary>Tenant and vault.</summary>
    public string Name { get; }

    /// <summary>Lines in a segment.</summary>
    public int SegmentLines { get; }

    /// <summary>Hash: layout, format, created (Unix ms), birth (random), count, hash, bridge (lines), replaced (how often lines gave way).</summary>
    public RedisKey Head => Key("head");

    /// <summary>Hash: name to bytes.</summary>
    public RedisKey Documents => Key("docs");

    /// <summary>Hash: name to wrapped bytes.</summary>
    public RedisKey Secrets => Key("secrets");

    /// <summary>Hash: name to bytes, of what is no part of the vault; see <see cref="Ranked"/>.</summary>
    public RedisKey Beside => Key("beside");

    /// <summary>Hash: name to wrapped bytes, likewise.</summary>
    public RedisKey BesideSecrets => Key("beside:secrets");

    /// <summary>Hash: idempotency key to record.</summary>
    public RedisKey Claims => Key("keys");

    /// <summary>List: idempotency keys, oldest first.</summary>
    public RedisKey ClaimOrder => Key("keys:order");

    /// <summary>Hash: retry key to record, for a short while only.</summary>
    public RedisKey Retries => Key("retries");

    /// <summary>List: retry keys, oldest first.</summary>
    public RedisKey RetryOrder => Key("retries:order");

    /// <summary>
    /// Sorted set: objects in the archive that no segment names, by when (Unix ms) that began, and 0 where they are being deleted. One is here before it is
    /// written, so that none is ever unknown.
    /// </summary>
    public RedisKey Loose => Key("sealed:loose");

    /// <summary>String: the hashes of a stream's segments in the archive, one behind the other; segments are sealed in their order.</summary>
    public RedisKey Sealed(LogStream stream) => Key($"sealed:{NameOf(stream)}");

    /// <summary>A stream's name in keys and in the archive.</summary>
    public static string NameOf(LogStream stream) => Streams[(int)stream];

    /// <summary>The stream of a name; null for another.</summary>
    public static LogStream? StreamOf(string name) => Array.IndexOf(Streams, name) is >= 0 and var index ? (LogStream)index : null;

    /// <summary>List: the lines of one segment.</summary>
    public RedisKey Segment(LogStream stream, long index) => Key(string.Create(CultureInfo.InvariantCulture, $"{Streams[(int)stream]}:{index}"));

    /// <summary>The segment that holds a line.</summary>
    public RedisKey SegmentOf(LogStream stream, long position) => Segment(stream, position / SegmentLines);

    /// <summary>List: a segment of a vault that is not born yet; it expires unless it is.</summary>
    /// <param name="mark">The birth's mark.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="index">The segment's place in it.</param>
    public RedisKey Staged(string mark, LogStream stream, long index) =>
        Key(string.Create(CultureInfo.InvariantCulture, $"birth:{mark}:{Streams[(int)stream]}:{index}"));

    private RedisKey Key(string name) => new RedisKey(name).Prepend(_root);
}
