using System.Security.Cryptography;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>
/// Secrets of an owner of vaults that belong to none of them: a hash <c>{prefix}:{owner}:secrets</c>, braces included, each wrapped for this owner and name as a
/// vault's secrets are. So <see cref="RedisRewrap"/> and <see cref="RedisKeyCheck"/> see them without being told.
/// </summary>
/// <param name="link">The connection; it stays its owner's.</param>
/// <param name="keys">Wraps the secrets.</param>
/// <param name="time">The clock of waits.</param>
/// <param name="replicas">How many replicas must have a secret that is made here before it is used; 0 for none.</param>
/// <param name="budget">How long a lost connection, a starting or a moving Redis is waited for; null for five seconds.</param>
public sealed class RedisOwnerSecrets(RedisLink link, KeyRing keys, TimeProvider time, int replicas = 0, TimeSpan? budget = null)
{
    private static readonly TimeSpan Replication = TimeSpan.FromSeconds(1);

    private readonly RedisCalls _calls = new(link, time, budget ?? TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2));

    /// <summary>A secret; where there is none yet, what <paramref name="make"/> returns is kept. The first writer wins, and all get what it wrote.</summary>
    /// <param name="owner">Whose, without braces.</param>
    /// <param name="name">Its name, without a slash: with one it could be that of a vault's document.</param>
    /// <param name="make">Makes it; it is cleared here. Null where none is to be made.</param>
    /// <param name="unkept">Told why Redis takes no secret now.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The secret, to be cleared after use; null where there is none, and none is made or Redis takes none.</returns>
    /// <exception cref="VaultStorageException">
    /// <see cref="VaultStorageFailure.Refused"/>, <see cref="VaultStorageFailure.Damaged"/>: it does not open; nothing is put in its place. Or Redis cannot be reached.
    /// </exception>
    public async Task<byte[]?> GetOrAddAsync(
        string owner, string name, Func<byte[]?> make, Action<VaultStorageException> unkept, CancellationToken cancellation)
    {
        var key = new RedisLayout(link.Prefix, owner).Secrets;
        var purpose = $"{owner}/{name}";
        if (await ReadAsync(key, name, cancellation) is not { } wrapped)
        {
            if (make() is not { } fresh)
                return null;
            try
            {
                await AddAsync(key, name, Wrap(fresh, purpose), cancellation);
            }
            catch (VaultStorageException failure) when (failure.Failure == VaultStorageFailure.Refused)
            {
                unkept(failure);
                return null;
            }
            wrapped = await ReadAsync(key, name, cancellation)
                ?? throw new VaultStorageException(VaultStorageFailure.Unavailable, "Redis no longer has what was just stored. Try again shortly.");
        }
        return keys.UnwrapStored(wrapped, purpose);
    }

    private Task<byte[]?> ReadAsync(RedisKey key, string name, CancellationToken cancellation) => _calls.RepeatAsync(
        async () => (byte[]?)await link.Database.HashGetAsync(key, name, CommandFlags.DemandMaster), cancellation, caller: nameof(GetOrAddAsync));

    private async Task AddAsync(RedisKey key, string name, byte[] wrapped, CancellationToken cancellation)
    {
        var confirmed = await _calls.RepeatAsync(() => SendAsync(key, name, wrapped), cancellation, writes: true, nameof(GetOrAddAsync));
        if (confirmed < replicas)
            throw new VaultStorageException(
                VaultStorageFailure.Unavailable, $"A secret is stored, but {confirmed} of {replicas} replicas confirmed it. Try again shortly.");
    }

    private async Task<long> SendAsync(RedisKey key, string name, byte[] wrapped)
    {
        // Repeated as it is: the second of two finds the first one's.
        Task Write() => link.Database.HashSetAsync(key, name, wrapped, When.NotExists, CommandFlags.DemandMaster);
        if (replicas > 0)
            return await new ReplicaWait(link, key, replicas, Replication).ConfirmedAsync(Write);
        await Write();
        return 0;
    }

    private byte[] Wrap(byte[] secret, string purpose)
    {
        try
        {
            return keys.Wrap(secret, purpose);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
