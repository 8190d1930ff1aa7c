using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Gateway.Tests.Protocol.Legacy.Sessions;

/// <summary>How much one key and one tenant may have remembered of their sessions, by a gateway that is alone and by gateways together.</summary>
[Trait("Kind", "Hostile")]
public sealed class SessionQuotaTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-quota-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(57));
    private readonly string _keys;
    private readonly string _one;
    private readonly string _two;
    private readonly string _other;

    public SessionQuotaTests()
    {
        _keys = Path.Combine(_folder, "keys.json");
        (_one, _two, _other) = (Keys.Add(_keys, "acme", "*"), Keys.Add(_keys, "acme", "*"), Keys.Add(_keys, "globex", "*"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Alone_a_key_and_a_tenant_have_so_many_and_others_are_not_in_their_way()
    {
        await using var gateway = await StartAsync();
        await CheckAsync(_ => gateway);
    }

    [Fact]
    public async Task Gateways_count_together()
    {
        await using var replicas = await Replicas.StartAsync(2, Options);
        await CheckAsync(i => replicas[i % 2]);
    }

    [Fact]
    public async Task So_many_ended_sessions_are_remembered_alone()
    {
        await using var gateway = await StartAsync();
        await CheckEndedAsync(_ => gateway);
    }

    [Fact]
    public async Task So_many_ended_sessions_are_remembered_together()
    {
        await using var replicas = await Replicas.StartAsync(2, Options);
        await CheckEndedAsync(i => replicas[i % 2]);
    }

    [Fact]
    public async Task They_are_counted_after_a_restart_and_until_they_expire()
    {
        await using (var before = await StartAsync())
        {
            for (var i = 0; i < 2; i++)
                (await SetLevelAsync(before, _one, await InitializeAsync(before, _one))).ShouldSucceed();
        }
        await using var after = await StartAsync();
        (await SetLevelAsync(after, _one, await InitializeAsync(after, _one))).ShouldFail(429, -32600);
        _time.Advance(TimeSpan.FromDays(2));
        (await SetLevelAsync(after, _one, await InitializeAsync(after, _one))).ShouldSucceed();
    }

    [Fact]
    public void Nothing_is_kept_of_keys_that_have_no_session_any_more()
    {
        var quota = new SessionQuota(SessionBounds.Remembered(2, 2), _time);
        var expires = _time.GetUtcNow().AddDays(1);
        var session = new Session("one", "digest", "2025-11-25", default, expires, "client") { Tenant = "acme" };
        quota.Require(session);
        quota.Owners.ShouldBe(0);
        quota.Add("one", expires, session.KeyOwner, session.TenantOwner);
        quota.Owners.ShouldBe(2);
        _time.Advance(TimeSpan.FromDays(2));
        quota.Require(session);
        quota.Remove("one", expires, session.KeyOwner, session.TenantOwner);
        quota.Owners.ShouldBe(0);
    }

    private async Task CheckAsync(Func<int, TestGateway> gateway)
    {
        var first = await InitializeAsync(gateway(0), _one);
        (await SetLevelAsync(gateway(0), _one, first)).ShouldSucceed();
        var second = await InitializeAsync(gateway(1), _one);
        (await SubscribeAsync(gateway(1), _one, second)).ShouldSucceed();
        var third = await InitializeAsync(gateway(0), _one);
        (await SubscribeAsync(gateway(0), _one, third)).ShouldFail(429, -32600);
        var refused = await SetLevelAsync(gateway(1), _one, third);
        refused.ShouldFail(429, -32600);
        refused.ErrorText.ShouldContain("This key has 2 sessions");
        gateway(1).Logs.All.ShouldContain(line => line.Contains("Refused with 429: sessions of the key", StringComparison.Ordinal));
        // What is remembered may change, and a session that asks for nothing is served.
        (await SubscribeAsync(gateway(1), _one, first)).ShouldSucceed();
        (await PingAsync(gateway(1), _one, third)).ShouldSucceed();
        // The tenant's other key has one place; another tenant has its own.
        (await SetLevelAsync(gateway(0), _two, await InitializeAsync(gateway(0), _two))).ShouldSucceed();
        (await SetLevelAsync(gateway(0), _two, await InitializeAsync(gateway(0), _two))).ErrorText.ShouldContain("This tenant has 3 sessions");
        (await SetLevelAsync(gateway(1), _other, await InitializeAsync(gateway(1), _other))).ShouldSucceed();
        // A place is free again with the last subscription, and with the session.
        (await CallAsync(gateway(0), _one, second, "resources/unsubscribe", """{"uri":"note://mine"}""")).ShouldSucceed();
        (await SetLevelAsync(gateway(1), _one, third)).ShouldSucceed();
        (await SetLevelAsync(gateway(1), _one, second)).ShouldFail(429, -32600);
        (await DeleteAsync(gateway(1), _one, first)).Status.ShouldBe(204);
        (await SetLevelAsync(gateway(0), _one, second)).ShouldSucceed();
    }

    private async Task CheckEndedAsync(Func<int, TestGateway> gateway)
    {
        for (var i = 0; i < 8; i++)
            (await DeleteAsync(gateway(i + 1), _one, await InitializeAsync(gateway(i), _one))).Status.ShouldBe(204);
        var session = await InitializeAsync(gateway(0), _one);
        var refused = await DeleteAsync(gateway(1), _one, session);
        refused.ShouldFail(429, -32600);
        refused.Header("Retry-After").ShouldBe("60");
        gateway(1).Logs.All.ShouldContain(line => line.Contains("Refused with 429: sessions of the key", StringComparison.Ordinal));
        (await PingAsync(gateway(0), _one, session)).ShouldSucceed();
        (await DeleteAsync(gateway(0), _other, await InitializeAsync(gateway(0), _other))).Status.ShouldBe(204);
    }

    private static async Task<string> InitializeAsync(TestGateway gateway, string key) =>
        (await gateway.Http.PostAsync(McpRequest.Legacy("initialize", McpHttp.Handshake("2025-11-25")).Header("X-API-Key", key))).Header("Mcp-Session-Id")!;

    private static Task<Answer> SetLevelAsync(TestGateway gateway, string key, string session) =>
        CallAsync(gateway, key, session, "logging/setLevel", """{"level":"error"}""");

    private static Task<Answer> SubscribeAsync(TestGateway gateway, string key, string session) =>
        CallAsync(gateway, key, session, "resources/subscribe", """{"uri":"note://mine"}""");

    private static Task<Answer> PingAsync(TestGateway gateway, string key, string session) => CallAsync(gateway, key, session, "ping", "{}");

    private static Task<Answer> CallAsync(TestGateway gateway, string key, string session, string method, string parameters) =>
        gateway.Http.PostAsync(McpRequest.Legacy(method, parameters, session, "2025-11-25").Header("X-API-Key", key));

    private static Task<Answer> DeleteAsync(TestGateway gateway, string key, string session) =>
        gateway.Http.DeleteAsync(("Mcp-Session-Id", session), ("X-API-Key", key));

    private Task<TestGateway> StartAsync() =>
        TestGateway.StartAsync(o => Options(o) with { DataFolder = _folder }, s => s.AddSingleton<TimeProvider>(_time));

    private GatewayOptions Options(GatewayOptions options) => options with { ApiKeyFile = _keys, MaxSessionsPerKey = 2, MaxSessionsPerTenant = 3 };
}
