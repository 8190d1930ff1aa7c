using System.Collections.Concurrent;
using Granary.Gateway.Changes;
using Granary.Gateway.Tests.Support;
using Granary.Instana.Connections;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Gateway.Tests.Changes;

/// <summary>Commits become updates of the resources that follow a vault's log, for those who asked for them.</summary>
public sealed class ResourceWatchTests : IAsyncLifetime
{
    private readonly WatchedTenants _tenants = new();
    private TestGateway _gateway = null!;

    private McpHttp Http => _gateway.Http;

    public async Task InitializeAsync() => _gateway = await TestGateway.StartAsync(o => o, services =>
    {
        services.RemoveAll<ITenants>();
        services.AddSingleton<ITenants>(_tenants);
    });

    public Task DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_commit_updates_what_depends_on_that_vault()
    {
        using var stream = await ListenAsync("vault://a/head", "vault://a/events", "vault://b/head");
        _tenants.Commit("default", "c");
        _tenants.Commit("default", "b");
        (await NextAsync(stream)).ShouldBe("vault://b/head");
        _tenants.Commit("default", "a");
        ((string[])[await NextAsync(stream), await NextAsync(stream)]).ShouldBe(["vault://a/head", "vault://a/events"], ignoreOrder: true);
    }

    [Fact]
    public async Task Missed_commits_update_everything_the_tenant_subscribed_to()
    {
        using var stream = await ListenAsync("vault://a/head", "vault://b/events", "note://mine");
        _tenants.Commit("default", null);
        var told = new[] { await NextAsync(stream), await NextAsync(stream), await NextAsync(stream) };
        told.ShouldBe(["vault://a/head", "vault://b/events", "note://mine"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_hot_vault_does_not_flood_a_slow_stream()
    {
        var watch = _gateway.Get<ResourceWatch>();
        using var listening = watch.Listen(new Wanted(["vault://hot/head", "vault://hot/events"]));
        for (var i = 0; i < 10_000; i++)
            _tenants.Commit("default", "hot");
        var waiting = 0;
        while (listening.Listener.TryTake(out _))
            waiting++;
        waiting.ShouldBe(2);
        _tenants.Commit("default", "hot");
        (await listening.Listener.WaitAsync(CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task Every_transport_hears_of_commits_and_a_tenant_is_watched_once_and_no_longer_than_it_is_listened_to()
    {
        var session = await Http.InitializeAsync();
        _tenants.Watchers.ShouldBe(0);
        using (var modern = await ListenAsync("vault://a/head"))
        using (var again = await ListenAsync("vault://b/head"))
        using (var legacy = await Http.ListenAsync("/mcp", ("Mcp-Session-Id", session)))
        using (var sse = await Http.ListenAsync("/sse"))
        {
            await legacy.NextAsync();
            (await Http.PostAsync(McpRequest.Legacy("resources/subscribe", """{"uri":"vault://a/head"}""", session))).ShouldSucceed();
            var address = (await sse.NextAsync())!.Data;
            foreach (var body in (string[])
            [
                """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}""",
                """{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"vault://%61/head"}}""",
            ])
            {
                var request = Http.Request(HttpMethod.Post, address);
                request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
                (await Http.SendAsync(request)).Status.ShouldBe(202);
                await sse.MessageAsync();
            }
            _tenants.Watchers.ShouldBe(1);
            _tenants.Commit("default", "a");
            (await NextAsync(modern)).ShouldBe("vault://a/head");
            (await NextAsync(legacy)).ShouldBe("vault://a/head");
            (await NextAsync(sse)).ShouldBe("vault://%61/head");
            _tenants.Commit("default", "b");
            (await NextAsync(again)).ShouldBe("vault://b/head");
        }
        await Guard.UntilAsync(() => _tenants.Watchers == 0, "nobody is watched");
    }

    [Fact]
    public async Task Another_tenants_commits_are_nobodys_business()
    {
        using var stream = await ListenAsync("vault://a/head", "vault://b/head");
        _gateway.Get<ChangeHub>().ResourceUpdated(TenantId.Parse("other"), "vault://a/head");
        _tenants.Commit("other", "a");
        _tenants.Commit("default", "b");
        (await NextAsync(stream)).ShouldBe("vault://b/head");
    }

    private static async Task<string> NextAsync(SseReader stream) => (string)(await stream.MessageAsync())["params"]!["uri"]!;

    private async Task<SseReader> ListenAsync(params string[] uris)
    {
        var list = string.Join(',', uris.Select(u => $"\"{u}\""));
        var stream = await Http.OpenAsync(McpRequest.Modern("subscriptions/listen", $$$"""{"notifications":{"resourceSubscriptions":[{{{list}}}]}}"""));
        (await stream.MessageAsync())["params"]!["notifications"]!["resourceSubscriptions"]!.AsArray().Count.ShouldBe(uris.Length);
        return stream;
    }

    private sealed class Wanted(string[] uris) : IInterest
    {
        public TenantId Tenant => TenantId.Default;

        public IReadOnlyDictionary<string, string> Resources { get; } = uris.ToDictionary(u => u);

        public bool WantsList(ChangeKind list) => false;
    }

    /// <summary>Tenants that only tell what the test says they committed.</summary>
    private sealed class WatchedTenants : ITenants
    {
        private readonly ConcurrentDictionary<Watching, byte> _watching = new();

        public int Watchers => _watching.Count;

        public void Commit(string tenant, string? vault)
        {
            foreach (var watching in _watching.Keys.Where(w => w.Tenant.Value == tenant))
                watching.Committed(new VaultCommitted(watching.Tenant, vault is null ? null : VaultName.Parse(vault), 1));
        }

        public IVault Vault(TenantId tenant, VaultName vault) => throw new NotSupportedException();

        public IInstana Instana(TenantId tenant, InstanaConnection connection) => throw new NotSupportedException();

        public Task<VaultPage> ListVaultsAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation) => throw new NotSupportedException();

        public IDisposable Watch(TenantId tenant, Action<VaultCommitted> committed)
        {
            var watching = new Watching(this, tenant, committed);
            _watching[watching] = 0;
            return watching;
        }

        private sealed record Watching(WatchedTenants Owner, TenantId Tenant, Action<VaultCommitted> Committed) : IDisposable
        {
            public void Dispose() => Owner._watching.TryRemove(this, out _);
        }
    }
}
