using System.Security.Cryptography;
using System.Text;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Redis.Tests;

/// <summary>Vaults in a Redis Cluster: each in one slot, and nothing acknowledged is lost when its primary dies.</summary>
public sealed class RedisClusterTests
{
    [RealRedisFact]
    public async Task Nothing_acknowledged_is_lost_when_a_primary_dies_and_its_replica_takes_over()
    {
        using var nodes = new RedisClusterNodes();
        using var link = RedisLink.Connect(nodes.Configuration);
        using var keys = KeyRing.Parse(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var options = new RedisVaultOptions
        {
            Link = link, Name = "acme/notes", Keys = keys, WaitReplicas = 1, RetryBudget = TimeSpan.FromSeconds(20),
        };
        using (var key = Fixture.Key("psmc_active"))
            await PsmcVault.CreateAsync(new RedisVaultStore(options), key, TestVault.Time, default);

        var acknowledged = new List<LogEntry>();
        await AppendAsync(options, acknowledged, batches: 20);
        nodes.KillPrimaryOf("granary:{acme/notes}:head");
        // Until the killed node is back, its shard has no replica that could confirm: from here on one is not asked for.
        await AppendAsync(options with { WaitReplicas = 0 }, acknowledged, batches: 20);

        await using var vault = await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
        (await new PsmcVerifier(vault.Log).RunAsync(null, null, default)).Findings.ShouldBeEmpty();
        var stored = (await vault.Log.ReadAsync(LogStream.Events, 0, 1000, 1 << 20, default)).Lines.Select(line => Encoding.UTF8.GetString(line.Span)).ToHashSet();
        acknowledged.Select(entry => Encoding.UTF8.GetString(entry.Event.Span)).ShouldAllBe(line => stored.Contains(line));
        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(80);
    }

    [RealRedisFact]
    public async Task Replicas_are_waited_for_on_the_node_that_has_the_vault()
    {
        using var nodes = new RedisClusterNodes();
        using var link = RedisLink.Connect(nodes.Configuration);
        using var keys = KeyRing.Parse(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var options = new RedisVaultOptions
        {
            Link = link, Name = "acme/notes", Keys = keys, WaitReplicas = 1, WaitTimeout = TimeSpan.FromMilliseconds(200),
        };
        using (var key = Fixture.Key("psmc_active"))
            await PsmcVault.CreateAsync(new RedisVaultStore(options), key, TestVault.Time, default);
        nodes.KillReplicaOf("granary:{acme/notes}:head");
        // The other nodes have their replicas, which would confirm at once whatever they are asked.
        for (var i = 0; i < 9; i++)
        {
            await using var vault = await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
            var refused = await Should.ThrowAsync<VaultStorageException>(() => TestVault.AppendAsync(vault, 1));
            (refused.Failure, refused.Message.Contains("0 of 1", StringComparison.Ordinal)).ShouldBe((VaultStorageFailure.OutcomeUnknown, true), refused.Message);
        }
    }

    [RealRedisFact]
    public async Task An_owners_secret_outlives_the_primary_on_which_it_was_made()
    {
        using var nodes = new RedisClusterNodes();
        using var link = RedisLink.Connect(nodes.Configuration);
        using var keys = KeyRing.Parse(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var secrets = new RedisOwnerSecrets(link, keys, TimeProvider.System, replicas: 1, TimeSpan.FromSeconds(30));
        Task<byte[]?> ReadAsync(string owner, byte made) => secrets.GetOrAddAsync(owner, "key", () => [made], failure => throw failure, default);
        (await ReadAsync("acme", 1)).ShouldBe([1]);
        nodes.KillPrimaryOf("granary:{acme}:secrets");
        (await ReadAsync("acme", 2)).ShouldBe([1]);
    }

    [RealRedisFact]
    public async Task An_owners_secret_is_not_used_where_no_replica_has_it()
    {
        using var nodes = new RedisClusterNodes();
        using var link = RedisLink.Connect(nodes.Configuration);
        using var keys = KeyRing.Parse(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        nodes.KillReplicaOf("granary:{acme}:secrets");
        var secrets = new RedisOwnerSecrets(link, keys, TimeProvider.System, replicas: 1);
        var refused = await Should.ThrowAsync<VaultStorageException>(() => secrets.GetOrAddAsync("acme", "key", () => [1], failure => throw failure, default));
        (refused.Failure, refused.Message.Contains("0 of 1", StringComparison.Ordinal)).ShouldBe((VaultStorageFailure.Unavailable, true), refused.Message);
    }

    private static async Task AppendAsync(RedisVaultOptions options, List<LogEntry> acknowledged, int batches)
    {
        for (var i = 0; i < batches;)
        {
            try
            {
                await using var vault = await PsmcVault.OpenAsync(new RedisVaultStore(options), default);
                for (; i < batches; i++)
                    acknowledged.AddRange(await TestVault.AppendAsync(vault, 2));
            }
            catch (VaultStorageException failure) when (failure.Failure is VaultStorageFailure.OutcomeUnknown or VaultStorageFailure.Unavailable)
            {
                // Not acknowledged: it may be there or not.
            }
        }
    }
}
