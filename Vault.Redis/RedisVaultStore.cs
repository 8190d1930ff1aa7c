using System.Globalization;
using System.Security.Cryptography;
using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>
/// A vault in Redis, for any number of openers: each append is fenced in one script. What follows from it is as safe as Redis is set
/// up to be (see <see cref="Connections.RedisChecks"/>).
/// </summary>
public sealed class RedisVaultStore : IVaultStore
{
    private readonly RedisVaultOptions _options;
    private readonly RedisLayout _layout;
    private readonly RedisCalls _calls;

    /// <summary>Names the place; nothing is sent before the first call.</summary>
    public RedisVaultStore(RedisVaultOptions options)
    {
        _options = options;
        _layout = new RedisLayout(options.Link.Prefix, options.Name, options.SegmentLines);
        _calls = new RedisCalls(options.Link, options.Time, options.RetryBudget, options.CommandTimeout);
    }

    /// <inheritdoc />
    public async Task CreateAsync(VaultBirth birth, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var mark = birth.Mark ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var staged = birth.Entries.Count > _layout.SegmentLines ? new StagedBirth(_layout, birth, mark) : null;
        if (staged is not null)
            await staged.WriteAsync(_options.Link.Database, _calls, cancellation);
        var command = new BirthCommand(_layout, birth, mark, _options, staged);
        // The mark tells a vault that this call made, and whose answer was lost, from one that was there.
        var found = await _calls.RepeatAsync(
            async () => (string?)await _options.Link.Database.ScriptEvaluateAsync(RedisScripts.Create, command.Keys, command.Values, CommandFlags.DemandMaster),
            cancellation, writes: true);
        if (found is null)
            throw StagedBirth.Lost();
        if (found == mark)
            return;
        if (staged is not null)
            await staged.RemoveAsync(_options.Link.Database);
        throw new VaultStorageException(VaultStorageFailure.AlreadyExists, "A vault of this name exists already.");
    }

    /// <inheritdoc />
    public async Task<IVaultLog> OpenAsync(CancellationToken cancellation) => await OpenLogAsync(cancellation);

    /// <summary>Writes the vault out as the folder it represents, byte for byte as the file store lays it out.</summary>
    /// <param name="folder">A folder that does not exist yet.</param>
    /// <param name="secrets">Whether private keys are written as well, unwrapped, readable by their owner only.</param>
    /// <param name="cancellation">Ends it early and leaves a part behind, under the folder's name with <c>.part</c>; the next one takes its place.</param>
    /// <exception cref="VaultStorageException">The store's reasons.</exception>
    /// <exception cref="IOException">The folder exists, or cannot be written.</exception>
    public async Task ExportAsync(string folder, bool secrets, CancellationToken cancellation)
    {
        await using var log = await OpenLogAsync(cancellation);
        await RedisVaultExport.WriteAsync(log, folder, secrets, cancellation);
    }

    internal static string Purpose(RedisVaultOptions options, string document) => $"{options.Name}/{document}";

    /// <summary>No document's name has an empty part, so no document of the vault has this purpose.</summary>
    internal static string PurposeBeside(RedisVaultOptions options, string document) => $"{options.Name}//{document}";

    private async Task<RedisVaultLog> OpenLogAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        RedisValue[] names = ["layout", "format", "birth", "count", "hash", "bridge"];
        var head = await _calls.RepeatAsync(() => _options.Link.Database.HashGetAsync(_layout.Head, names, CommandFlags.DemandMaster), cancellation);
        if (head[0].IsNull)
            throw new VaultStorageException(VaultStorageFailure.NotFound, "There is no vault of this name.");
        if (head[0] != RedisLayout.Version && head[0] != RedisLayout.SealedVersion)
            throw new VaultStorageException(
                VaultStorageFailure.Refused,
                $"The vault has layout {head[0]}, and this version knows {RedisLayout.Version} and {RedisLayout.SealedVersion}; it was written by a newer one.");
        if (head[0] == RedisLayout.SealedVersion && _options.Archive is null)
            throw RedisLines.NoArchive();
        var format = _options.Formats.FirstOrDefault(format => head[1] == format.Name)
            ?? throw new VaultStorageException(VaultStorageFailure.Refused, $"The vault has the format {head[1]}, which this version does not know.");
        var log = new RedisVaultLog(_options, format, _layout, _calls, (string?)head[2] ?? "", Parse(head.AsSpan(3)));
        await log.CheckSegmentsAsync(cancellation);
        return log;
    }

    /// <summary>Reads count, hash and bridge.</summary>
    internal static RedisEnd Parse(ReadOnlySpan<RedisValue> fields) =>
        TryNumber(fields[0], out var count) && TryNumber(fields[2], out var bridge) && (string?)fields[1] is { Length: 64 } hash
            ? new RedisEnd(new LogHead(count, hash), bridge)
            : throw new VaultStorageException(VaultStorageFailure.Damaged, "The vault's head in Redis cannot be read.");

    private static bool TryNumber(RedisValue value, out long number) =>
        long.TryParse((string?)value, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>Where a vault's streams end.</summary>
/// <param name="Head">Events and chain.</param>
/// <param name="Bridge">Lines of the bridge stream.</param>
internal sealed record RedisEnd(LogHead Head, long Bridge);
