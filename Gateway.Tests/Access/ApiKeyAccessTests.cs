using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Tests.Support;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Gateway.Tests.Access;

/// <summary>API keys: who gets in, as whom, and with what.</summary>
[Trait("Kind", "Hostile")]
public sealed class ApiKeyAccessTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-keys-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(57));
    private TestGateway _gateway = null!;
    private string _acme = "";
    private string _globex = "";

    private string KeyFile => Path.Combine(_folder, "keys.json");

    private McpHttp Http => _gateway.Http;

    public async Task InitializeAsync()
    {
        _acme = Keys.Add(KeyFile, "acme", "*");
        _globex = Keys.Add(KeyFile, "globex", "vault:read");
        _gateway = await TestGateway.StartAsync(o => o with { ApiKeyFile = KeyFile }, s => s.AddSingleton<TimeProvider>(_time));
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("POST", "/mcp")]
    [InlineData("GET", "/mcp")]
    [InlineData("DELETE", "/mcp")]
    [InlineData("PUT", "/mcp")]
    [InlineData("GET", "/sse")]
    [InlineData("POST", "/message?session_id=x")]
    public async Task Without_a_key_the_answer_is_401_with_a_challenge(string method, string path)
    {
        var answer = await Http.SendAsync(Http.Request(new HttpMethod(method), path));
        answer.ShouldFail(401, -32600);
        answer.Header("WWW-Authenticate").ShouldBe("Bearer realm=\"granary\"");
    }

    [Fact]
    public async Task Health_asks_nobody()
    {
        foreach (var path in (string[])["/health", "/health/live", "/health/ready", "/health/startup"])
            (await Http.GetAsync(path)).Status.ShouldBe(200, path);
    }

    [Fact]
    public async Task A_key_opens_as_bearer_and_as_x_api_key()
    {
        foreach (var (name, value) in new[] { ("Authorization", $"Bearer {_acme}"), ("Authorization", $"bearer   {_acme}"), ("X-API-Key", _acme) })
            (await WhoAsync(name, value)).ToolText.ShouldStartWith("acme/");
        (await WhoAsync("X-API-Key", _globex)).ToolText.ShouldStartWith("globex/");
    }

    [Fact]
    public async Task A_key_that_is_not_right_in_every_character_is_refused()
    {
        for (var i = 0; i < _acme.Length; i += 3)
            await RefusedAsync("Authorization", $"Bearer {_acme[..i]}{(_acme[i] == 'x' ? 'y' : 'x')}{_acme[(i + 1)..]}");
        await RefusedAsync("Authorization", $"Bearer {_acme}x");
        await RefusedAsync("Authorization", $"Bearer {_acme[..^1]}");
    }

    [Theory]
    [InlineData("Authorization", "Bearer x")]
    [InlineData("Authorization", "Bearer grk_")]
    [InlineData("Authorization", "Bearer grk__")]
    [InlineData("Authorization", "Bearer grk_unknown_secret")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("X-API-Key", "")]
    [InlineData("X-API-Key", "grk_\u0001_x")]
    public Task What_is_no_key_is_refused(string name, string value) => RefusedAsync(name, value);

    [Fact]
    public async Task Long_keys_and_several_keys_are_refused()
    {
        await RefusedAsync("X-API-Key", "grk_a_" + new string('x', 5_000));
        var request = McpRequest.Call("t_whoami").Header("X-API-Key", _acme, _globex);
        (await Http.PostAsync(request)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_key_in_the_address_is_no_key() => (await Http.GetAsync($"/mcp?X-API-Key={_acme}&access_token={_acme}")).Status.ShouldBe(401);

    [Fact]
    public async Task A_scope_that_is_missing_is_403_and_named()
    {
        var answer = await Http.PostAsync(McpRequest.Call("t_write").Header("X-API-Key", _globex));
        answer.ShouldFail(403, -32600);
        answer.Header("WWW-Authenticate").ShouldBe("Bearer realm=\"granary\", error=\"insufficient_scope\", scope=\"vault:write\"");
        ((int)answer.Message["id"]!).ShouldBe(1);
        (await Http.PostAsync(McpRequest.Call("t_read").Header("X-API-Key", _globex))).ToolText.ShouldBe("read");
        (await Http.PostAsync(McpRequest.Call("t_write").Header("X-API-Key", _acme))).ToolText.ShouldBe("written");
    }

    [Fact]
    public async Task A_scope_that_is_missing_is_403_in_a_session_too()
    {
        var session = await SessionAsync(_globex);
        (await Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_write"}""", session).Header("X-API-Key", _globex))).ShouldFail(403, -32600);
    }

    [Fact]
    public async Task Keys_are_read_again_when_the_file_changes()
    {
        var fresh = Keys.Add(KeyFile, "initech", "*");
        (await WhoAsync("X-API-Key", fresh)).Status.ShouldBe(401);
        await TouchAsync();
        (await WhoAsync("X-API-Key", fresh)).ToolText.ShouldStartWith("initech/");
        var entries = ApiKeyFile.Load(KeyFile).Keys.Where(k => k.Tenant != "initech");
        File.Delete(KeyFile);
        foreach (var entry in entries)
            ApiKeyFile.Add(KeyFile, entry);
        await TouchAsync();
        (await WhoAsync("X-API-Key", fresh)).Status.ShouldBe(401);
        (await WhoAsync("X-API-Key", _acme)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"keys":null}""")]
    [InlineData("""{"keys":[null]}""")]
    [InlineData("""{"keys":[{}]}""")]
    [InlineData("""{"keys":[{"id":"a","tenant":"UPPER","scopes":["*"],"salt":"AAAAAAAAAAAAAAA=","hash":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"id":"a","tenant":"acme","scopes":["no:such"],"salt":"x","hash":"x"}]}""")]
    [InlineData("""{"keys":[{"id":"a","tenant":"acme","scopes":[null],"salt":"AAAAAAAAAAAAAAAAAAAAAA==","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]}""")]
    public async Task A_broken_file_keeps_the_old_keys_and_stops_no_request(string text)
    {
        await File.WriteAllTextAsync(KeyFile, text);
        await TouchAsync();
        (await WhoAsync("X-API-Key", _acme)).ToolText.ShouldStartWith("acme/");
        _gateway.Logs.Errors.ShouldContain(e => e.Contains("The API keys stay as they were"));
        Should.Throw<InvalidDataException>(() => ApiKeyFile.Load(KeyFile));
    }

    [Fact]
    public async Task A_file_that_is_gone_keeps_the_old_keys()
    {
        File.Delete(KeyFile);
        _time.Advance(TimeSpan.FromSeconds(3));
        (await WhoAsync("X-API-Key", _acme)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Another_tenants_session_is_not_found()
    {
        var session = await SessionAsync(_acme);
        (await Http.PostAsync(McpRequest.Legacy("ping", "{}", session).Header("X-API-Key", _acme))).ShouldSucceed();
        (await Http.PostAsync(McpRequest.Legacy("ping", "{}", session).Header("X-API-Key", _globex))).ShouldFail(404, -32001);
        (await Http.DeleteAsync(("Mcp-Session-Id", session), ("X-API-Key", _globex))).Status.ShouldBe(404);
        var colleague = Keys.Add(KeyFile, "acme", "*");
        await TouchAsync();
        (await Http.PostAsync(McpRequest.Legacy("ping", "{}", session).Header("X-API-Key", colleague))).ShouldFail(404, -32001);
        (await Http.PostAsync(McpRequest.Legacy("ping", "{}", session))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Another_tenants_event_stream_takes_no_messages()
    {
        using var stream = await Http.ListenAsync("/sse", ("X-API-Key", _acme));
        var request = Http.Request(HttpMethod.Post, (await stream.NextAsync())!.Data, ("X-API-Key", _globex));
        request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        (await Http.SendAsync(request)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Resource_updates_reach_their_tenant_only()
    {
        var listen = McpRequest.Modern("subscriptions/listen", """{"notifications":{"resourceSubscriptions":["note://mine"],"promptsListChanged":true}}""");
        using var acme = await Http.OpenAsync(listen.Header("X-API-Key", _acme));
        await acme.MessageAsync();
        var session = await SessionAsync(_acme);
        await Http.PostAsync(McpRequest.Legacy("resources/subscribe", """{"uri":"note://mine"}""", session).Header("X-API-Key", _acme));
        using var legacy = await Http.ListenAsync("/mcp", ("Mcp-Session-Id", session), ("X-API-Key", _acme));
        await legacy.NextAsync();
        var changes = _gateway.Get<IChanges>();
        changes.ResourceUpdated(TenantId.Parse("globex"), "note://mine");
        changes.PromptsChanged();
        changes.ResourceUpdated(TenantId.Parse("acme"), "note://mine");
        foreach (var stream in (SseReader[])[acme, legacy])
        {
            ((string)(await stream.MessageAsync())["method"]!).ShouldBe("notifications/prompts/list_changed");
            ((string)(await stream.MessageAsync())["method"]!).ShouldBe("notifications/resources/updated");
        }
    }

    [Fact]
    public async Task Secrets_stand_in_no_log_and_in_no_answer()
    {
        var secret = _acme["grk_12345678_".Length..];
        var wrong = await WhoAsync("X-API-Key", _acme + "x");
        wrong.Text.ShouldNotContain(secret);
        (await WhoAsync("X-API-Key", _acme)).Text.ShouldNotContain(secret);
        _gateway.Logs.All.ShouldNotContain(text => text.Contains(secret));
        (await File.ReadAllTextAsync(KeyFile)).ShouldNotContain(secret);
    }

    private Task<Answer> WhoAsync(string header, string value) => Http.PostAsync(McpRequest.Call("t_whoami").Header(header, value));

    private async Task RefusedAsync(string header, string value)
    {
        var answer = await WhoAsync(header, value);
        answer.ShouldFail(401, -32600);
        answer.Header("WWW-Authenticate").ShouldStartWith("Bearer realm=\"granary\"");
    }

    private async Task<string> SessionAsync(string key)
    {
        var answer = await Http.PostAsync(McpRequest.Legacy("initialize", McpHttp.Handshake("2025-11-25")).Header("X-API-Key", key));
        return answer.Header("Mcp-Session-Id")!;
    }

    // The gateway looks every two seconds.
    private Task TouchAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(3));
        return Task.CompletedTask;
    }
}
