using System.Text;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>
/// The names of each owner's vaults, for lists and nothing else: a sorted set <c>{prefix}:{owner}:vaults</c>, braces included. In a cluster it is
/// in another slot than its vaults, so a name cannot be added in the step that makes its vault: it is added before, and a name without a vault is
/// left out of lists.
/// </summary>
public sealed class RedisVaultIndex
{
    /// <summary>How many names are read at once, at most.</summary>
    public const int MaxPage = 1000;

    // No byte of UTF-8 is as great, so this ends the names that begin alike.
    private const byte Last = 0xFF;

    private readonly RedisLink _link;
    private readonly RedisCalls _calls;

    /// <summary>Uses a connection that stays its owner's.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="budget">How long a lost connection, a starting or a moving Redis is waited for.</param>
    public RedisVaultIndex(RedisLink link, TimeProvider time, TimeSpan? budget = null)
    {
        _link = link;
        _calls = new RedisCalls(link, time, budget ?? TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2));
    }

    /// <summary>Adds a name; nothing happens where it is there.</summary>
    /// <exception cref="Storage.VaultStorageException">The store's reasons; the vaults themselves are as they were.</exception>
    public Task AddAsync(string owner, string name, CancellationToken cancellation) => _calls.RepeatAsync(
        () => _link.Database.SortedSetAddAsync(Key(owner), Bytes(name), 0, SortedSetWhen.NotExists, CommandFlags.DemandMaster), cancellation);

    /// <summary>Takes a name out, once its vault was removed.</summary>
    /// <exception cref="Storage.VaultStorageException">The store's reasons.</exception>
    public Task RemoveAsync(string owner, string name, CancellationToken cancellation) => _calls.RepeatAsync(
        () => _link.Database.SortedSetRemoveAsync(Key(owner), Bytes(name), CommandFlags.DemandMaster), cancellation);

    /// <summary>How many names there are, those whose vaults are about to be born included.</summary>
    /// <exception cref="Storage.VaultStorageException">The store's reasons.</exception>
    public Task<long> CountAsync(string owner, CancellationToken cancellation) => _calls.RepeatAsync(
        () => _link.Database.SortedSetLengthAsync(Key(owner), flags: CommandFlags.DemandMaster), cancellation);

    /// <summary>Names whose vaults exist, in the order of their UTF-8 bytes.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="prefix">Only names that begin so; empty for all.</param>
    /// <param name="after">Only names beyond this one; null for the first page.</param>
    /// <param name="limit">At most so many, from 1 to <see cref="MaxPage"/>.</param>
    /// <param name="place">A name's <see cref="RedisVaultOptions.Name"/>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="Storage.VaultStorageException">The store's reasons.</exception>
    public async Task<VaultIndexPage> ReadAsync(
        string owner, string prefix, string? after, int limit, Func<string, string> place, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPage);
        var beyond = after is not null && string.CompareOrdinal(after, prefix) >= 0;
        var from = beyond ? Bytes(after!) : prefix.Length > 0 ? Bytes(prefix) : RedisValue.Null;
        var to = prefix.Length > 0 ? (RedisValue)(byte[])[.. Encoding.UTF8.GetBytes(prefix), Last] : RedisValue.Null;
        var found = await _calls.RepeatAsync(
            () => _link.Database.SortedSetRangeByValueAsync(
                Key(owner), from, to, beyond ? Exclude.Start : Exclude.None, Order.Ascending, 0, limit + 1, CommandFlags.DemandMaster),
            cancellation);
        var names = found.Take(limit).Select(name => (string)name!).ToList();
        var exist = await _calls.RepeatAsync(() => Task.WhenAll(names.Select(name => ExistsAsync(place(name)))), cancellation);
        return new VaultIndexPage([.. names.Where((_, i) => exist[i])], found.Length > limit ? names[^1] : null);
    }

    /// <summary>Everybody who has vaults, or had some.</summary>
    /// <exception cref="Storage.VaultStorageException">The store's reasons.</exception>
    public Task<IReadOnlyList<string>> OwnersAsync(CancellationToken cancellation) => _calls.RepeatAsync(async () =>
    {
        var owners = new SortedSet<string>(StringComparer.Ordinal);
        var (before, after) = ($"{_link.Prefix}:{{", "}:vaults");
        foreach (var node in _link.Primaries)
        {
            await foreach (var key in node.KeysAsync(pattern: $"{_link.PatternPrefix}:{{*}}:vaults", pageSize: MaxPage).WithCancellation(cancellation))
                owners.Add(key.ToString()[before.Length..^after.Length]);
        }
        return (IReadOnlyList<string>)[.. owners];
    }, cancellation);

    private Task<bool> ExistsAsync(string place) =>
        _link.Database.KeyExistsAsync(new RedisLayout(_link.Prefix, place).Head, CommandFlags.DemandMaster);

    private RedisKey Key(string owner) => Encoding.UTF8.GetBytes($"{_link.Prefix}:{{{owner}}}:vaults");

    private static RedisValue Bytes(string name) => Encoding.UTF8.GetBytes(name);
}

/// <summary>Some names of vaults.</summary>
/// <param name="Names">Names; fewer than were asked for, or none, where vaults were never made.</param>
/// <param name="Next">The name after which the next page begins; null at the end.</param>
public sealed record VaultIndexPage(IReadOnlyList<string> Names, string? Next);
