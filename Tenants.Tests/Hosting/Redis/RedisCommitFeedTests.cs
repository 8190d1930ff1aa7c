using System.Collections.Concurrent;
using Granary.Tenants.Tests.Support;
using Granary.Testing.Redis;

namespace Granary.Tenants.Tests.Hosting.Redis;

/// <summary>Commits are heard of in other processes.</summary>
public sealed class RedisCommitFeedTests : IDisposable
{
    private static readonly TenantId Other = TenantId.Parse("other");

    private readonly Lazy<RedisServer> _server = new(() => new RedisServer());

    private string Configuration => _server.Value.Configuration;

    [RedisFact]
    public async Task A_commit_is_heard_in_another_process_and_by_no_other_tenant()
    {
        await using var writer = new RedisTenants(Configuration);
        await using var reader = new RedisTenants(Configuration);
        await using var stranger = new RedisTenants(Configuration, prefix: "else");
        var (heard, others, elsewhere) = (new ConcurrentQueue<VaultCommitted>(), new ConcurrentQueue<VaultCommitted>(), new ConcurrentQueue<VaultCommitted>());
        using var watch = reader.Host.Watch(TenantId.Default, heard.Enqueue);
        using var other = reader.Host.Watch(Other, others.Enqueue);
        using var third = stranger.Host.Watch(TenantId.Default, elsewhere.Enqueue);
        await UntilAsync(() => !heard.IsEmpty && !others.IsEmpty && !elsewhere.IsEmpty);
        heard.ShouldHaveSingleItem().ShouldBe(new VaultCommitted(TenantId.Default, null, 0), "look again, once the channel is open");
        await writer["team/a b"].CreateAsync(default);
        await writer["team/a b"].AppendAsync(TestTenants.Note(), default);
        await UntilAsync(() => heard.Count > 1);
        heard.Last().ShouldBe(new VaultCommitted(TenantId.Default, VaultName.Parse("team/a b"), 1));
        (others.Count, elsewhere.Count).ShouldBe((1, 1));
    }

    [RedisFact]
    public async Task A_busy_vault_is_told_of_less_often_than_it_commits_and_never_left_at_an_old_head()
    {
        await using var writer = new RedisTenants(Configuration);
        await using var reader = new RedisTenants(Configuration);
        var heard = new ConcurrentQueue<VaultCommitted>();
        using var watch = reader.Host.Watch(TenantId.Default, heard.Enqueue);
        await UntilAsync(() => !heard.IsEmpty);
        await writer["notes"].CreateAsync(default);
        var told = 0;
        using var counting = writer.Host.Watch(TenantId.Default, commit => Interlocked.Increment(ref told));
        for (var i = 0; i < 300; i++)
            await writer["notes"].AppendAsync(TestTenants.Note(), default);
        await UntilAsync(() => heard.Last().Head == 300);
        heard.Count.ShouldBeLessThan(told / 2);
    }

    [RedisFact]
    public async Task After_a_lost_connection_everyone_is_told_to_look_again_and_hears_on()
    {
        await using var writer = new RedisTenants(Configuration);
        await using var reader = new RedisTenants(Configuration);
        var heard = new ConcurrentQueue<VaultCommitted>();
        using var watch = reader.Host.Watch(TenantId.Default, heard.Enqueue);
        await UntilAsync(() => !heard.IsEmpty);
        await writer["notes"].CreateAsync(default);
        _server.Value.Kill();
        heard.Clear();
        _server.Value.Start();
        await UntilAsync(() => heard.Contains(new VaultCommitted(TenantId.Default, null, 0)));
        await UntilAsync(() =>
        {
            try
            {
                writer["notes"].AppendAsync(TestTenants.Note(), default).Wait();
            }
            catch (AggregateException)
            {
                return false;
            }
            return heard.Any(commit => commit.Vault is not null);
        });
    }

    [RedisFact]
    public async Task Who_watches_before_redis_is_there_hears_once_it_is()
    {
        _server.Value.Kill();
        await using var reader = new RedisTenants(Configuration + ",connectTimeout=300");
        var heard = new ConcurrentQueue<VaultCommitted>();
        using var watch = reader.Host.Watch(TenantId.Default, heard.Enqueue);
        _server.Value.Start();
        await using var writer = new RedisTenants(Configuration);
        await writer["notes"].CreateAsync(default);
        await UntilAsync(() =>
        {
            writer["notes"].AppendAsync(TestTenants.Note(), default).Wait();
            return heard.Any(commit => commit.Vault is not null);
        });
    }

    [RedisFact]
    public async Task The_channel_is_left_with_the_last_watcher()
    {
        await using var tenants = new RedisTenants(Configuration);
        var heard = 0;
        var watches = Enumerable.Range(0, 3).Select(_ => tenants.Host.Watch(TenantId.Default, _ => Interlocked.Increment(ref heard))).ToList();
        await UntilAsync(() => Listeners() == 1 && heard >= 3);
        watches.ForEach(watch => watch.Dispose());
        await UntilAsync(() => Listeners() == 0);

        long Listeners()
        {
            var counts = (StackExchange.Redis.RedisValue[])tenants.Link.Database.Execute("PUBSUB", "NUMSUB", "granary:commits:default")!;
            return (long)counts[1];
        }
    }

    public void Dispose()
    {
        if (_server.IsValueCreated)
            _server.Value.Dispose();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
            await Task.Delay(20, limit.Token);
    }
}
