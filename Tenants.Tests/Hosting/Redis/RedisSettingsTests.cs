using Granary.Grains.Redis;
using Granary.Hosting.Configuration;
using Granary.Tenants.Tests.Support;
using Granary.Vault.Redis.Connections;

namespace Granary.Tenants.Tests.Hosting.Redis;

public sealed class RedisSettingsTests
{
    private const string Kek = $"GRANARY_KEK={RedisTenants.Key}";

    [Fact]
    public void Everything_is_read()
    {
        var settings = Read("GRANARY_REDIS=redis-1:6379,password=s3cret", "GRANARY_REDIS_PREFIX=blue", "GRANARY_REDIS_REPLICAS=2", Kek);
        (settings.Configuration, settings.Prefix, settings.Replicas, settings.Keys!.Count).ShouldBe(("redis-1:6379,password=s3cret", "blue", 2, 1));
        settings.ToString().ShouldNotContain("s3cret");
        var plain = Read("GRANARY_REDIS=redis", Kek);
        (plain.Prefix, plain.Replicas).ShouldBe(("granary", 0));
    }

    [Fact]
    public void The_key_may_lie_in_a_file()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, $"# rotated\n{RedisTenants.NewKey()}\n{RedisTenants.Key}\n");
        Read("GRANARY_REDIS=redis", $"GRANARY_KEK_FILE={file}").Keys!.Count.ShouldBe(2);
        File.Delete(file);
        Should.Throw<InvalidDataException>(() => Read("GRANARY_REDIS=redis", $"GRANARY_KEK_FILE={file}")).Message.ShouldContain("cannot be read");
    }

    [Theory]
    [InlineData("GRANARY_REDIS is required")]
    [InlineData("GRANARY_KEK or GRANARY_KEK_FILE is required", "GRANARY_REDIS=redis")]
    [InlineData("GRANARY_REDIS cannot be read", "GRANARY_REDIS=redis,nonsense=secret", Kek)]
    [InlineData("GRANARY_REDIS cannot be read", "GRANARY_REDIS=,", Kek)]
    [InlineData("GRANARY_KEK: Key-encryption key 1", "GRANARY_REDIS=redis", "GRANARY_KEK=secret")]
    [InlineData("give one of them", "GRANARY_REDIS=redis", "GRANARY_KEK_FILE=/x", Kek)]
    [InlineData("GRANARY_REDIS_PREFIX", "GRANARY_REDIS=redis", "GRANARY_REDIS_PREFIX=a{b}", Kek)]
    [InlineData("GRANARY_REDIS_REPLICAS", "GRANARY_REDIS=redis", "GRANARY_REDIS_REPLICAS=many", Kek)]
    [InlineData("GRANARY_ARCHIVE is a folder's whole path", "GRANARY_REDIS=redis", "GRANARY_ARCHIVE=archive", Kek)]
    [InlineData("GRANARY_ARCHIVE is in object storage", "GRANARY_REDIS=redis", "GRANARY_ARCHIVE=s3://secret", Kek)]
    [InlineData("GRANARY_ARCHIVE names a folder that is not there", "GRANARY_REDIS=redis", "GRANARY_ARCHIVE=/not/mounted", Kek)]
    public void What_is_missing_or_wrong_is_named_and_nothing_secret_shown(string said, params string[] environment)
    {
        var message = Should.Throw<InvalidDataException>(() => Read(environment)).Message;
        message.ShouldContain(said);
        message.ShouldNotContain("secret");
    }

    [Fact]
    public void Where_no_vaults_are_held_no_key_is_needed() =>
        RedisSettingsReader.Read(From("GRANARY_REDIS=redis"), holdsVaultKeys: false).Keys.ShouldBeNull();

    private static RedisSettings Read(params string[] environment) => RedisSettingsReader.Read(From(environment));

    private static Settings From(params string[] environment) => new(name =>
        environment.FirstOrDefault(pair => pair.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..]);
}
