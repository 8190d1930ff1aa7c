using Granary.Gateway.Configuration;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Tests.Support;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Gateway.Tests.Protocol.Legacy.Sessions;

/// <summary>A session outlives a restart of a gateway that is alone: then so does what its client was promised.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-restart-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(57));

    private string Journal => Path.Combine(_folder, "sessions.journal");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_subscription_and_a_log_level_are_kept()
    {
        string session;
        await using (var before = await StartAsync())
        {
            session = await before.Http.InitializeAsync();
            (await SendAsync(before, session, "resources/subscribe", """{"uri":"note://mine"}""")).ShouldSucceed();
            (await SendAsync(before, session, "resources/subscribe", """{"uri":"note://other"}""")).ShouldSucceed();
            (await SendAsync(before, session, "resources/unsubscribe", """{"uri":"note://other"}""")).ShouldSucceed();
            (await SendAsync(before, session, "logging/setLevel", """{"level":"error"}""")).ShouldSucceed();
        }
        await using var after = await StartAsync();
        var memory = await after.Get<IMesh>().Memories.RecallAsync(Open(after, session));
        memory!.LogLevel.ShouldBe(ModelContextProtocol.Protocol.LoggingLevel.Error);
        memory.Subscriptions.Keys.ShouldBe(["note://mine"]);
        using var stream = await after.Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        await stream.NextAsync();
        after.Get<IChanges>().ResourceUpdated(TenantId.Default, "note://other");
        after.Get<IChanges>().ResourceUpdated(TenantId.Default, "note://mine");
        ((string)(await stream.MessageAsync())["params"]!["uri"]!).ShouldBe("note://mine");
    }

    [Fact]
    public async Task A_session_that_was_deleted_stays_deleted()
    {
        string ended, other;
        await using (var before = await StartAsync())
        {
            (ended, other) = (await before.Http.InitializeAsync(), await before.Http.InitializeAsync());
            (await before.Http.DeleteAsync(("Mcp-Session-Id", ended))).Status.ShouldBe(204);
        }
        for (var restarts = 0; restarts < 2; restarts++)
        {
            await using var after = await StartAsync();
            (await SendAsync(after, ended, "ping")).ShouldFail(404, -32001);
            (await SendAsync(after, other, "ping")).ShouldSucceed();
        }
    }

    [Fact]
    public async Task What_has_expired_is_not_kept()
    {
        await using (var before = await StartAsync())
            await SendAsync(before, await before.Http.InitializeAsync(), "logging/setLevel", """{"level":"error"}""");
        new FileInfo(Journal).Length.ShouldBeGreaterThan(0);
        _time.Advance(TimeSpan.FromDays(2));
        await using (await StartAsync())
            new FileInfo(Journal).Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_line_that_was_cut_off_is_dropped_and_one_that_is_damaged_ends_the_start()
    {
        string session;
        await using (var before = await StartAsync())
        {
            session = await before.Http.InitializeAsync();
            await SendAsync(before, session, "logging/setLevel", """{"level":"error"}""");
        }
        var whole = await File.ReadAllTextAsync(Journal);
        await File.WriteAllTextAsync(Journal, whole + whole[..20]);
        await using (var after = await StartAsync())
            (await after.Get<IMesh>().Memories.RecallAsync(Open(after, session)))!.LogLevel.ShouldNotBeNull();
        await File.WriteAllTextAsync(Journal, "x\n" + whole);
        (await Should.ThrowAsync<InvalidDataException>(StartAsync)).Message.ShouldContain("line 1");
    }

    [Fact]
    public async Task The_journal_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var gateway = await StartAsync();
        var session = await gateway.Http.InitializeAsync();
        File.Exists(Journal).ShouldBeFalse();
        await SendAsync(gateway, session, "logging/setLevel", """{"level":"error"}""");
        File.GetUnixFileMode(Journal).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_change_that_cannot_be_stored_is_refused_and_changes_nothing()
    {
        Directory.CreateDirectory(Journal);
        using var journal = new SessionJournal(Journal);
        var refusal = Should.Throw<Granary.Gateway.Protocol.Messages.RpcException>(() => journal.Append(new SessionRecord("a", 1, null), () => []));
        refusal.HttpStatus.ShouldBe(503);
    }

    private static Session Open(TestGateway gateway, string id) =>
        Session.Open(id, gateway.Get<Granary.Gateway.Protocol.Calls.TokenSeal>(), DateTimeOffset.UnixEpoch.AddYears(57))!;

    private static Task<Answer> SendAsync(TestGateway gateway, string session, string method, string parameters = "{}") =>
        gateway.Http.PostAsync(McpRequest.Legacy(method, parameters, session, "2025-11-25"));

    private Task<TestGateway> StartAsync() => TestGateway.StartAsync(Options, s => s.AddSingleton<TimeProvider>(_time));

    private GatewayOptions Options(GatewayOptions options) => options with { DataFolder = _folder };
}
