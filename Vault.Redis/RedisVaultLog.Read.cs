using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

internal sealed partial class RedisVaultLog
{
    public long Count(LogStream stream) => stream switch
    {
        LogStream.Bridge => _end.Bridge,
        LogStream.Chain when !format.HasChain => 0,
        _ => _end.Head.Count,
    };

    public async Task<LogPage> ReadAsync(LogStream stream, long from, int maxLines, int maxBytes, CancellationToken cancellation)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        // One segment at a time: a caller that wants more asks again.
        var lines = Math.Min(Math.Min(maxLines, Count(stream) - from), layout.SegmentLines - from % layout.SegmentLines);
        return new LogPage(from, lines <= 0 ? [] : await _lines.ReadAsync(stream, from, lines, maxBytes, cancellation));
    }

    public async Task<ReadOnlyMemory<byte>?> ReadDocumentAsync(string name, CancellationToken cancellation)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        var wrapped = await GetAsync(layout.Secrets, name, cancellation);
        if (wrapped is not null)
            return options.Keys.UnwrapStored(wrapped, RedisVaultStore.Purpose(options, name));
        var plain = await GetAsync(layout.Documents, name, cancellation);
        return plain is null ? null : (ReadOnlyMemory<byte>?)plain;
    }

    public async Task<IReadOnlyList<string>> ListDocumentsAsync(string folder, CancellationToken cancellation)
    {
        var below = folder + "/";
        var names = (await ListAllAsync(layout.Documents, cancellation)).Concat(await ListAllAsync(layout.Secrets, cancellation));
        return [.. names.Where(name => name.StartsWith(below, StringComparison.Ordinal) && name.IndexOf('/', below.Length) < 0).Order(StringComparer.Ordinal)];
    }

    /// <summary>Every document's name, the plain ones or the secret ones.</summary>
    public Task<IReadOnlyList<string>> ListAllAsync(bool secrets, CancellationToken cancellation) =>
        ListAllAsync(secrets ? layout.Secrets : layout.Documents, cancellation);

    public async Task<IdempotencyRecord?> FindKeyAsync(string key, CancellationToken cancellation)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        return await GetAsync(key[0] == IdempotencyClaim.RetryMark ? layout.Retries : layout.Claims, key, cancellation) is { } record
            ? ClaimRecord.Read(key, record)
            : null;
    }

    public async Task WriteDocumentAsync(VaultDocument document, bool derived, CancellationToken cancellation)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        RedisKey[] keys = document.Secret ? [layout.Head, layout.Secrets, layout.Documents] : [layout.Head, layout.Documents, layout.Secrets];
        RedisValue[] values =
        [
            document.Name,
            document.Secret ? options.Keys.Wrap(document.Content.Span, RedisVaultStore.Purpose(options, document.Name)) : document.Content.ToArray(),
        ];
        var written = await calls.RepeatAsync(
            async () => (long)await Database.ScriptEvaluateAsync(RedisScripts.WriteDocument, keys, values, CommandFlags.DemandMaster),
            cancellation, writes: true);
        if (written == 0)
            throw new VaultStorageException(VaultStorageFailure.NotFound, "The vault is no longer there.");
    }

    public async Task DeleteDocumentAsync(string name, CancellationToken cancellation)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        foreach (var key in (RedisKey[])[layout.Documents, layout.Secrets])
            await calls.RepeatAsync(() => Database.HashDeleteAsync(key, name, CommandFlags.DemandMaster), cancellation, writes: true);
    }

    public async Task<ReadOnlyMemory<byte>?> ReadBesideAsync(string name, CancellationToken cancellation)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        if (await GetAsync(layout.BesideSecrets, name, cancellation) is { } wrapped)
            return options.Keys.UnwrapStored(wrapped, RedisVaultStore.PurposeBeside(options, name));
        return await GetAsync(layout.Beside, name, cancellation) is { } plain ? Ranked.Content(plain) : null;
    }

    public async Task<bool> WriteBesideAsync(VaultDocument document, long? rank, CancellationToken cancellation)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        RedisKey[] keys = document.Secret ? [layout.Head, layout.BesideSecrets, layout.Beside] : [layout.Head, layout.Beside, layout.BesideSecrets];
        RedisValue[] values =
        [
            document.Name,
            document.Secret
                ? options.Keys.Wrap(document.Content.Span, RedisVaultStore.PurposeBeside(options, document.Name))
                : Ranked.Write(document.Content, rank),
            rank is { } number ? number : RedisValue.EmptyString,
        ];
        var written = await calls.RepeatAsync(
            async () => (long)await Database.ScriptEvaluateAsync(RedisScripts.WriteBeside, keys, values, CommandFlags.DemandMaster),
            cancellation, writes: true);
        return written >= 0 ? written == 1 : throw new VaultStorageException(VaultStorageFailure.NotFound, "The vault is no longer there.");
    }

    private async Task<byte[]?> GetAsync(RedisKey key, string field, CancellationToken cancellation) =>
        (byte[]?)await calls.RepeatAsync(() => Database.HashGetAsync(key, field, CommandFlags.DemandMaster), cancellation);

    private async Task<IReadOnlyList<string>> ListAllAsync(RedisKey key, CancellationToken cancellation)
    {
        ThrowIfClosed();
        cancellation.ThrowIfCancellationRequested();
        var names = await calls.RepeatAsync(() => Database.HashKeysAsync(key, CommandFlags.DemandMaster), cancellation);
        return [.. names.Select(name => (string)name!).Order(StringComparer.Ordinal)];
    }
}
