using System.Text.Json.Nodes;
using Granary.Gateway.Access;
using Granary.Gateway.Health;
using Granary.Gateway.Tests.Support;
using Granary.Vault.OutsideFiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Gateway.Tests.Access;

/// <summary>A key file that changes while the gateway runs: who gets out, what ends with the key, and what tells that the file is gone.</summary>
[Trait("Kind", "Hostile")]
public sealed class KeyFileTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-keyfile-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(57));
    private TestGateway _gateway = null!;
    private string _acme = "";
    private string _globex = "";

    private string KeyFile => Path.Combine(_folder, "keys.json");

    private McpHttp Http => _gateway.Http;

    public async Task InitializeAsync()
    {
        _acme = Keys.Add(KeyFile, "acme", "*");
        _globex = Keys.Add(KeyFile, "globex", "*");
        _gateway = await TestGateway.StartAsync(o => o with { ApiKeyFile = KeyFile }, s => s.AddSingleton<TimeProvider>(_time));
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_key_that_is_gone_is_refused_whatever_the_files_time_says()
    {
        var written = File.GetLastWriteTimeUtc(KeyFile);
        Remove("globex");
        File.SetLastWriteTimeUtc(KeyFile, written);
        Look();
        (await WhoAsync(_globex)).ShouldFail(401, -32600);
        (await WhoAsync(_acme)).ShouldSucceed();
    }

    [Fact]
    public async Task A_key_that_is_gone_from_a_mounted_secret_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        // As the kubelet does it: keys.json -> ..data/keys.json, ..data -> ..1, and only ..data is replaced.
        var mount = Directory.CreateDirectory(Path.Combine(_folder, "mount")).FullName;
        foreach (var version in (string[])["..1", "..2"])
            Directory.CreateDirectory(Path.Combine(mount, version));
        File.Copy(KeyFile, Path.Combine(mount, "..1", "keys.json"));
        Remove("globex");
        File.Copy(KeyFile, Path.Combine(mount, "..2", "keys.json"));
        File.CreateSymbolicLink(Path.Combine(mount, "..data"), "..1");
        var mounted = Path.Combine(mount, "keys.json");
        File.CreateSymbolicLink(mounted, "..data/keys.json");
        await using var gateway = await StartedAsync(mounted);
        (await WhoAsync(_globex, gateway)).ShouldSucceed();
        Directory.Delete(Path.Combine(mount, "..data"));
        File.CreateSymbolicLink(Path.Combine(mount, "..data"), "..2");
        Look();
        (await WhoAsync(_globex, gateway)).ShouldFail(401, -32600);
        (await WhoAsync(_acme, gateway)).ShouldSucceed();
    }

    [Theory]
    [InlineData("sse")]
    [InlineData("listen")]
    [InlineData("get")]
    public async Task Streams_of_a_removed_key_end_and_others_go_on(string kind)
    {
        using var removed = await OpenAsync(kind, _globex);
        using var kept = await OpenAsync(kind, _acme);
        Remove("globex");
        Look();
        await removed.ToEndAsync();
        _gateway.Get<Granary.Gateway.Invocation.IChanges>().PromptsChanged();
        ((string)(await kept.MessageAsync())["method"]!).ShouldBe("notifications/prompts/list_changed");
    }

    [Fact]
    public async Task A_key_with_other_scopes_is_another_caller()
    {
        using var stream = await OpenAsync("listen", _globex);
        Change("globex", key => key["scopes"] = new JsonArray("vault:read"));
        Look();
        await stream.ToEndAsync();
        (await Http.PostAsync(McpRequest.Call("t_write").Header("X-API-Key", _globex))).ShouldFail(403, -32600);
    }

    [Fact]
    public async Task A_key_ends_when_it_expires_and_its_streams_with_it()
    {
        Change("globex", key => key["expires"] = _time.GetUtcNow().AddMinutes(1).ToString("O"));
        Look();
        (await WhoAsync(_globex)).ShouldSucceed();
        using var stream = await OpenAsync("listen", _globex);
        _time.Advance(TimeSpan.FromMinutes(1));
        await stream.ToEndAsync();
        var answer = await WhoAsync(_globex);
        answer.ShouldFail(401, -32600);
        answer.ErrorText.ShouldContain("expired");
    }

    [Fact]
    public async Task The_secret_before_a_rotation_is_valid_until_its_grace_is_over()
    {
        using var stream = await OpenAsync("listen", _globex);
        var (text, salt, hash) = ApiKey.Create(_globex.Split('_')[1]);
        ApiKeyFile.Change(KeyFile, mayCreate: false, keys =>
        {
            var at = keys.FindIndex(k => k.Tenant == "globex");
            keys[at] = keys[at] with { Salt = salt, Hash = hash, Previous = new ApiKeySecret(keys[at].Salt!, keys[at].Hash!, _time.GetUtcNow().AddHours(1)) };
        });
        Look();
        (await WhoAsync(_globex)).ShouldSucceed();
        (await WhoAsync(text)).ShouldSucceed();
        _gateway.Get<Granary.Gateway.Invocation.IChanges>().PromptsChanged();
        ((string)(await stream.MessageAsync())["method"]!).ShouldBe("notifications/prompts/list_changed");
        _time.Advance(TimeSpan.FromHours(1));
        (await WhoAsync(_globex)).ShouldFail(401, -32600);
        (await WhoAsync(text)).ShouldSucceed();
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("folder")]
    [InlineData("broken")]
    [InlineData("empty")]
    public async Task A_file_that_cannot_be_used_keeps_the_keys_and_is_told_by_readiness_and_log(string how)
    {
        var good = await File.ReadAllBytesAsync(KeyFile);
        File.Delete(KeyFile);
        if (how == "folder")
            Directory.CreateDirectory(KeyFile);
        else if (how != "gone")
            await File.WriteAllTextAsync(KeyFile, how == "broken" ? "{" : "");
        Look();
        // One bad look may be a file that is being written.
        (await Http.GetAsync("/health/ready")).Status.ShouldBe(200);
        Look();
        Look();
        (await Http.GetAsync("/health/ready")).Status.ShouldBe(503);
        (await Http.GetAsync("/health/live")).Status.ShouldBe(200);
        (await WhoAsync(_acme)).ShouldSucceed();
        _gateway.Logs.Errors.Count(e => e.Contains("The API keys stay as they were", StringComparison.Ordinal)).ShouldBe(1);
        if (how == "folder")
            Directory.Delete(KeyFile);
        await File.WriteAllBytesAsync(KeyFile, good);
        Look();
        (await Http.GetAsync("/health/ready")).Status.ShouldBe(200);
        _gateway.Get<GatewayState>().IsReady.ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_that_others_may_read_is_warned_of()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await using var gateway = await StartedAsync(KeyFile);
        gateway.Logs.All.ShouldContain(l => l.Contains("readable by other users", StringComparison.Ordinal));
        _gateway.Logs.All.ShouldNotContain(l => l.Contains("readable by other users", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("expire")]
    [InlineData("Scopes")]
    public void A_member_that_is_not_known_is_refused(string member)
    {
        Change("globex", key => key[member] = "2030-01-01T00:00:00Z");
        Should.Throw<InvalidDataException>(() => ApiKeyFile.Load(KeyFile)).Message.ShouldContain("line");
    }

    [Fact]
    public async Task Every_refusal_leaves_one_line_with_the_rule_and_what_is_known_of_the_key()
    {
        await WhoAsync(_acme + "x");
        await WhoAsync("grk_nobody_" + new string('A', 43));
        await WhoAsync("nonsense");
        await Http.PostAsync(McpRequest.Call("t_whoami"));
        await Http.PostAsync(McpRequest.Call("t_whoami").Header("X-API-Key", _acme).Header("Authorization", $"Bearer {_globex}"));
        var lines = _gateway.Logs.All.Where(l => l.Contains("Refused with", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBe(5);
        lines.ShouldAllBe(l => l.Contains("from 127.0.0.1", StringComparison.Ordinal));
        lines[0].ShouldContain($"wrong secret; key {_acme.Split('_')[1]}");
        lines[1].ShouldContain("unknown key; key -");
        lines[2].ShouldContain("unknown key; key -");
        lines[3].ShouldContain("no credential");
        lines[4].ShouldContain("several credentials");
        _gateway.Logs.All.ShouldNotContain(l => l.Contains(_acme.Split('_', 3)[2], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_credentials_that_disagree_are_refused_and_two_that_agree_are_one()
    {
        (await Http.PostAsync(McpRequest.Call("t_whoami").Header("X-API-Key", _acme).Header("Authorization", $"Bearer {_globex}"))).ShouldFail(401, -32600);
        (await Http.PostAsync(McpRequest.Call("t_whoami").Header("X-API-Key", _acme).Header("Authorization", $"Bearer {_acme}x"))).ShouldFail(401, -32600);
        (await Http.PostAsync(McpRequest.Call("t_whoami").Header("X-API-Key", _acme).Header("Authorization", $"Bearer {_acme}"))).ShouldSucceed();
    }

    private void Look() => _time.Advance(WatchedFile.ReadEvery);

    private void Remove(string tenant) =>
        ApiKeyFile.Change(KeyFile, mayCreate: false, keys => keys.RemoveAll(k => k.Tenant == tenant));

    private void Change(string tenant, Action<JsonObject> change)
    {
        var file = JsonNode.Parse(File.ReadAllText(KeyFile))!;
        change(file["keys"]!.AsArray().Select(k => k!.AsObject()).Single(k => (string?)k["tenant"] == tenant));
        File.WriteAllText(KeyFile, file.ToJsonString());
    }

    private async Task<TestGateway> StartedAsync(string file)
    {
        var gateway = await TestGateway.StartAsync(o => o with { ApiKeyFile = file }, s => s.AddSingleton<TimeProvider>(_time));
        return gateway;
    }

    private Task<Answer> WhoAsync(string key, TestGateway? gateway = null) =>
        (gateway ?? _gateway).Http.PostAsync(McpRequest.Call("t_whoami").Header("X-API-Key", key));

    private async Task<SseReader> OpenAsync(string kind, string key)
    {
        if (kind == "listen")
        {
            var listening = await Http.OpenAsync(
                McpRequest.Modern("subscriptions/listen", """{"notifications":{"promptsListChanged":true}}""").Header("X-API-Key", key));
            await listening.MessageAsync();
            return listening;
        }
        var initialized = await Http.PostAsync(McpRequest.Legacy("initialize", McpHttp.Handshake("2025-11-25")).Header("X-API-Key", key));
        var stream = kind == "sse"
            ? await Http.ListenAsync("/sse", ("X-API-Key", key))
            : await Http.ListenAsync("/mcp", ("Mcp-Session-Id", initialized.Header("Mcp-Session-Id")!), ("X-API-Key", key));
        var first = (await stream.NextAsync())!;
        if (kind == "sse")
        {
            var handshake = Http.Request(HttpMethod.Post, first.Data, ("X-API-Key", key));
            handshake.Content = new StringContent(
                $$"""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{McpHttp.Handshake("2024-11-05")}}}""", System.Text.Encoding.UTF8, "application/json");
            await Http.SendAsync(handshake);
            await stream.MessageAsync();
        }
        return stream;
    }
}
