using System.Security.Cryptography;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Redis.Tests;

/// <summary>Whether a process's key-encryption keys are those of its Redis is known before it makes anything.</summary>
public sealed class RedisKeyCheckTests : IDisposable
{
    private readonly RedisServer _server = new("--appendfsync everysec");
    private readonly string _old = NewKey();
    private readonly string _other = NewKey();

    [Fact]
    public async Task The_first_ring_is_kept_and_another_one_is_told_from_it()
    {
        using var link = Connect();
        (await CheckAsync(link, _old)).ShouldBeNull();
        (await CheckAsync(link, _old)).ShouldBeNull();
        var problem = await CheckAsync(link, _other);
        problem.ShouldNotBeNull();
        problem.ShouldContain("GRANARY_KEK");
        problem.ShouldNotContain(_other);
        (await CheckAsync(link, $"{_other},{_old}")).ShouldBeNull("a ring that has it too opens everything");
    }

    [Theory]
    [InlineData("granary")]
    [InlineData("a*b")]
    public async Task Vaults_of_a_version_without_the_value_decide_until_there_is_one(string prefix)
    {
        using var link = Connect(prefix);
        using var keys = KeyRing.Parse(_old);
        await PsmcVaultAsync(link, keys);
        (await CheckAsync(link, _other)).ShouldNotBeNull();
        (await link.Database.KeyExistsAsync($"{prefix}:key-check")).ShouldBeFalse("a wrong ring leaves nothing behind");
        (await CheckAsync(link, _old)).ShouldBeNull();
        (await CheckAsync(link, _other)).ShouldNotBeNull();
    }

    [Fact]
    public async Task After_everything_is_wrapped_again_the_new_key_alone_will_do_and_the_old_one_alone_will_not()
    {
        using var link = Connect();
        using var old = KeyRing.Parse(_old);
        await PsmcVaultAsync(link, old);
        (await CheckAsync(link, _old)).ShouldBeNull();
        (await CheckAsync(link, _other)).ShouldNotBeNull();
        using var both = KeyRing.Parse($"{_other},{_old}");
        (await RedisRewrap.RunAsync(link, both, TimeProvider.System, default)).Failures.ShouldBeEmpty();
        (await CheckAsync(link, _other)).ShouldBeNull();
        (await CheckAsync(link, _old)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_value_that_was_changed_fits_no_ring()
    {
        using var link = Connect();
        await link.Database.StringSetAsync("granary:key-check", "nonsense");
        (await CheckAsync(link, _old)).ShouldNotBeNull();
    }

    [RealRedisFact]
    public async Task A_redis_that_is_full_is_no_reason_not_to_start()
    {
        using var link = Connect();
        await link.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        (await CheckAsync(link, _old)).ShouldBeNull();
    }

    public void Dispose() => _server.Dispose();

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength));

    private static async Task<string?> CheckAsync(RedisLink link, string ring)
    {
        using var keys = KeyRing.Parse(ring);
        return await RedisKeyCheck.RunAsync(link, keys, default);
    }

    private static async Task PsmcVaultAsync(RedisLink link, KeyRing keys)
    {
        using var key = Fixture.Key("psmc_active");
        var options = new RedisVaultOptions { Link = link, Name = $"acme/{Guid.NewGuid():N}", Keys = keys };
        await PsmcVault.CreateAsync(new RedisVaultStore(options), key, TestVault.Time, default);
    }

    private RedisLink Connect(string prefix = "granary") => RedisLink.Connect(_server.Configuration, prefix);
}
