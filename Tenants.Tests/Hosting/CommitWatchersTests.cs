using Granary.Tenants.Hosting;

namespace Granary.Tenants.Tests.Hosting;

/// <summary>What watchers of a tenant are told, by commits made here and by the feed of other processes.</summary>
public sealed class CommitWatchersTests
{
    private static readonly VaultName Notes = VaultName.Parse("notes");

    private readonly Feed _feed = new();
    private readonly CommitWatchers _watchers;

    public CommitWatchersTests() => _watchers = new CommitWatchers(_feed);

    [Fact]
    public void A_watched_tenant_has_one_subscription_to_the_feed_however_many_watch_it()
    {
        var heard = new List<VaultCommitted>();
        using (_watchers.Watch(TenantId.Default, heard.Add))
        using (_watchers.Watch(TenantId.Default, heard.Add))
        {
            _feed.Subscribed.Count.ShouldBe(1);
            _feed.Subscribed[0](new VaultCommitted(TenantId.Default, null, 7));
            heard.Count.ShouldBe(2);
        }
        _feed.Subscribed.ShouldBeEmpty();
    }

    [Fact]
    public void A_commit_made_here_reaches_the_watchers_of_its_tenant_and_the_feed()
    {
        var (heard, others) = (new List<VaultCommitted>(), new List<VaultCommitted>());
        using var watch = _watchers.Watch(TenantId.Default, heard.Add);
        using var other = _watchers.Watch(TenantId.Parse("other"), others.Add);
        var commit = new VaultCommitted(TenantId.Default, Notes, 1);
        _watchers.Committed(commit);
        heard.ShouldBe([commit]);
        others.ShouldBeEmpty();
        _feed.Published.ShouldBe([commit]);
    }

    private sealed class Feed : ICommitFeed
    {
        public List<VaultCommitted> Published { get; } = [];

        public List<Action<VaultCommitted>> Subscribed { get; } = [];

        public void Publish(VaultCommitted commit) => Published.Add(commit);

        public IDisposable Subscribe(TenantId tenant, Action<VaultCommitted> committed)
        {
            Subscribed.Add(committed);
            return new Subscription(() => Subscribed.Remove(committed));
        }

        private sealed class Subscription(Action end) : IDisposable
        {
            public void Dispose() => end();
        }
    }
}
