using System.Text;
using Granary.Tenants.Tests.Support;
using Granary.Testing.Redis;
using StackExchange.Redis;

namespace Granary.Tenants.Tests.Vaults.Operations;

/// <summary>What was redacted is in no place of the store, although a checkpoint said it, and a fresh checkpoint is there.</summary>
public sealed class ErasureTests
{
    private const string Secret = "secret-7731";

    [Fact]
    public async Task Nowhere_in_the_data_folder()
    {
        await using var tenants = new TestTenants();
        await EraseAsync(tenants["notes"], () => FilesThatSayIt(tenants.Folder));
        await tenants.Host.DisposeAsync();
        FilesThatSayIt(tenants.Folder).ShouldBe(0);
        await using var again = new TestTenants(folder: tenants.Folder);
        await CheckAsync(again["notes"]);
    }

    [Fact]
    public async Task Nowhere_in_redis()
    {
        using var redis = new RedisServer("--appendfsync everysec");
        await using var tenants = new RedisTenants(redis.Configuration);
        await using var link = await ConnectionMultiplexer.ConnectAsync(redis.Configuration);
        await EraseAsync(tenants["notes"], () => KeysThatSayIt(link));
        await CheckAsync(tenants["notes"]);
    }

    private static async Task EraseAsync(IVault vault, Func<int> places)
    {
        await vault.CreateAsync(new VaultCreation { Format = "backpack" }, default);
        var target = await vault.RunAsync("append_belief", $$"""{"subject":"door","predicate":"is","value":"{{Secret}}"}""");
        await vault.RunAsync("append_belief", """{"subject":"window","predicate":"is","value":"open"}""");
        await vault.RunAsync("checkpoint_vault");
        places().ShouldBeGreaterThan(1);
        await vault.RunAsync("redact_event", $$"""{"event_id":"{{target.GetProperty("event_id").GetString()}}","reason":"GDPR_ERASURE"}""");
        places().ShouldBe(0);
    }

    private static async Task CheckAsync(IVault vault)
    {
        (await vault.VerifyAsync(null, default)).Findings.ShouldBeEmpty();
        var files = (await vault.RunAsync("get_manifest")).GetProperty("manifest").GetProperty("files").Texts("path").ToList();
        files.Where(name => name.StartsWith("checkpoints/", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldBe("checkpoints/0000000005.chk");
        (await vault.RunAsync("get_beliefs", """{"namespace":"local"}""")).GetProperty("beliefs").TryGetProperty("door:is", out _).ShouldBeFalse();
    }

    private static int FilesThatSayIt(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count(path =>
    {
        if (Path.GetFileName(path) == "lock")
            return false;
        using var file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return SaysIt(content.ToArray());
    });

    private static int KeysThatSayIt(ConnectionMultiplexer link)
    {
        var database = link.GetDatabase();
        return link.GetServers().Single().Keys().Count(key => database.KeyType(key) switch
        {
            RedisType.String => SaysIt(database.StringGet(key)),
            RedisType.List => database.ListRange(key).Any(item => SaysIt(item)),
            RedisType.Hash => database.HashValues(key).Any(item => SaysIt(item)),
            RedisType.SortedSet => database.SortedSetRangeByRank(key).Any(item => SaysIt(item)),
            var other => throw new InvalidOperationException($"{key} is a {other}, which no test here looks into."),
        });
    }

    private static bool SaysIt(byte[]? content) => content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) >= 0;
}
