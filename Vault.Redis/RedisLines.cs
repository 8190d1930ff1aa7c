using Granary.Vault.Redis.Archive;
using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>Reads lines from where they are: lists in Redis, or segments in the archive.</summary>
/// <param name="options">How the vault is stored.</param>
/// <param name="layout">Its keys.</param>
/// <param name="calls">Sends commands.</param>
/// <param name="birth">What the vault's head says of its birth.</param>
internal sealed class RedisLines(RedisVaultOptions options, RedisLayout layout, RedisCalls calls, string birth)
{
    private string Folder => field ??= SegmentName.FolderOf(layout.Name, birth);

    /// <summary>Lines of one segment: at least one where there is one, and no more once so many bytes are reached.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(LogStream stream, long from, long lines, int maxBytes, CancellationToken cancellation)
    {
        for (SegmentName? missing = null; ;)
        {
            var found = await FindAsync(stream, from, lines, maxBytes, cancellation);
            if (found.Name is null)
                return found.Lines;
            if (await Archive.ReadAsync(found.Name, cancellation) is { } content)
                return content.Part((int)(from % layout.SegmentLines), (int)lines, maxBytes);
            // Lines of the segment may have given way at this moment: then Redis names another object by now.
            if (missing?.Short == found.Name.Short)
                throw Lost(stream, found.Name);
            missing = found.Name;
        }
    }

    /// <summary>The segment of a line, where it is in the archive; null where it is in Redis.</summary>
    public async Task<SegmentName?> SealedAsync(LogStream stream, long position, CancellationToken cancellation)
    {
        var index = position / layout.SegmentLines;
        var hash = await calls.RepeatAsync(
            () => options.Link.Database.StringGetRangeAsync(layout.Sealed(stream), Place(index), Place(index + 1) - 1, CommandFlags.DemandMaster), cancellation);
        return (byte[]?)hash is { Length: RedisLayout.HashBytes } found ? Name(stream, index, found) : null;
    }

    /// <summary>Reads a whole segment that is in the archive.</summary>
    public async Task<SegmentContent> SegmentAsync(LogStream stream, SegmentName name, CancellationToken cancellation) =>
        await Archive.ReadAsync(name, cancellation) ?? throw Lost(stream, name);

    /// <summary>Writes a segment to the archive, where it is loose until a script names it.</summary>
    public async Task<SegmentName> StoreAsync(LogStream stream, long index, SegmentContent content, CancellationToken cancellation)
    {
        var name = Name(stream, index, content.Hash());
        var free = await calls.RepeatAsync(
            async () => (long)await options.Link.Database.ScriptEvaluateAsync(
                RedisScripts.Announce, [layout.Loose], [name.Short, options.Time.GetUtcNow().ToUnixTimeMilliseconds()], CommandFlags.DemandMaster),
            cancellation);
        if (free == 0)
            throw new VaultStorageException(VaultStorageFailure.Unavailable, "An old copy of the segment is being deleted from the archive; try again in a moment.");
        await Archive.StoreAsync(name, content, cancellation);
        return name;
    }

    /// <summary>The name of an object of the vault, from its last part; null for no name of ours.</summary>
    public SegmentName? Parse(string name) => SegmentName.TryParse(Folder, name);

    public SealedSegments Archive => options.Archive ?? throw NoArchive();

    public static VaultStorageException NoArchive() => new(
        VaultStorageFailure.Refused, "The vault has segments in an archive, and this process knows of none: give it the same GRANARY_ARCHIVE as the silos.");

    /// <summary>A segment's place in the string of its stream's hashes.</summary>
    public static long Place(long index) => index * RedisLayout.HashBytes;

    private SegmentName Name(LogStream stream, long index, byte[] hash) => new(Folder, RedisLayout.NameOf(stream), index, hash);

    private async Task<(IReadOnlyList<ReadOnlyMemory<byte>> Lines, SegmentName? Name)> FindAsync(
        LogStream stream, long from, long lines, int maxBytes, CancellationToken cancellation)
    {
        var index = from / layout.SegmentLines;
        RedisKey[] keys = [layout.Segment(stream, index), layout.Sealed(stream)];
        RedisValue[] values = [from % layout.SegmentLines, lines, maxBytes, Place(index)];
        var found = await calls.RepeatAsync(
            () => options.Link.Database.ScriptEvaluateAsync(RedisScripts.Read, keys, values, CommandFlags.DemandMaster), cancellation, caller: nameof(ReadAsync));
        return found.Resp2Type == ResultType.BulkString && (byte[]?)found is { } hash
            ? ([], Name(stream, index, hash))
            : (Array.ConvertAll((RedisValue[]?)found ?? [], line => (ReadOnlyMemory<byte>)(byte[])line!), null);
    }

    private VaultStorageException Lost(LogStream stream, SegmentName name) => new(
        VaultStorageFailure.Damaged,
        $"The archive has lost {name.Full}, lines {name.Index * layout.SegmentLines} to {(name.Index + 1) * layout.SegmentLines - 1} of the stream {RedisLayout.NameOf(stream)}. Restore it from a backup of the archive.");
}
