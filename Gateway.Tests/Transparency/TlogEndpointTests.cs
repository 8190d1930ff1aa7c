using System.Text;
using Granary.Gateway.Tests.Support;
using Granary.Testing;
using Granary.Vault.Transparency;

namespace Granary.Gateway.Tests.Transparency;

/// <summary>A vault is served as a tiled log, to those who may read it.</summary>
public sealed class TlogEndpointTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-log-").FullName;
    private string _reader = null!;
    private string _other = null!;
    private string _appender = null!;
    private TestGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        var (keys, policy) = (Path.Combine(_folder, "keys.json"), Path.Combine(_folder, "policy.json"));
        _reader = Keys.Add(keys, "acme", "vault:write");
        _appender = Keys.Add(keys, "acme", "vault:append");
        _other = Keys.Add(keys, "other", "vault:read");
        await File.WriteAllTextAsync(policy, """{"tenants":{"acme":{"public":["open/*"],"deny":["vault:open/closed:read"]}}}""");
        _gateway = await TestGateway.StartAsync(
            o => o with { ApiKeyFile = keys, PolicyFile = policy, LogOrigin = "log.example.org", AccessLog = true });
        foreach (var vault in (string[])["notes", "open/notes"])
        {
            (await CallAsync("init_vault", $$"""{"vault_path":"{{vault}}"}""")).IsToolError.ShouldBeFalse();
            for (var i = 0; i < 3; i++)
                (await CallAsync("append_event", $$"""{"vault_path":"{{vault}}","event_type":"note","data":{"n":{{i}} } }""")).IsToolError.ShouldBeFalse();
        }
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_checkpoint_and_tiles_take_the_scope_to_read_the_vault()
    {
        foreach (var path in (string[])["/log/acme/notes/checkpoint", "/log/acme/notes/tile/0/000.p/3", "/log/acme/notes/vkey", "/log/acme/notes/tenant-vkey"])
        {
            (await GetAsync(path, null)).Status.ShouldBe(401);
            (await GetAsync(path, _appender)).Status.ShouldBe(403);
            (await GetAsync(path, _other)).Status.ShouldBe(403);
            (await GetAsync(path, _reader)).Status.ShouldBe(200);
        }
        // In the same words, whether the vault exists or not.
        (await GetAsync("/log/acme/nosuch/checkpoint", _other)).Text.ShouldBe((await GetAsync("/log/acme/notes/checkpoint", _other)).Text);
        (await GetAsync("/log/acme/nosuch/checkpoint", _reader)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_tenants_key_is_the_same_beside_each_of_its_logs_and_signs_them_all()
    {
        var told = (await GetAsync("/log/acme/notes/tenant-vkey", _reader)).Text;
        told.ShouldStartWith("log.example.org/acme+");
        (await GetAsync("/log/acme/open%2Fnotes/tenant-vkey", null)).Text.ShouldBe(told);
        foreach (var vault in (string[])["notes", "open%2Fnotes"])
        {
            var note = SignedNote.Read(Encoding.UTF8.GetBytes((await GetAsync($"/log/acme/{vault}/checkpoint", _reader)).Text));
            var vaults = NoteKey.Parse((await GetAsync($"/log/acme/{vault}/vkey", _reader)).Text);
            (note.IsSignedBy(NoteKey.Parse(told)), note.IsSignedBy(vaults), note.Signatures.Count).ShouldBe((true, true, 2));
        }
        // A name of its own: there is no log of the tenant itself.
        (await GetAsync("/log/acme/checkpoint", _reader)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_vault_that_the_policy_makes_public_is_read_without_a_key()
    {
        (await GetAsync("/log/acme/open%2Fnotes/checkpoint", null)).Text.ShouldStartWith("log.example.org/acme/open%2Fnotes\n3\n");
        var tile = await GetAsync("/log/acme/open%2Fnotes/tile/entries/000.p/3", null);
        tile.Header("Cache-Control").ShouldBe("public, max-age=31536000, immutable");
        // What a tenant's deny takes away is not public either.
        (await GetAsync("/log/acme/open%2Fclosed/checkpoint", null)).Status.ShouldBe(401);
        (await GetAsync("/log/other/open%2Fnotes/checkpoint", null)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Each_request_is_a_line_of_the_access_log()
    {
        await GetAsync("/log/acme/notes/checkpoint", _reader);
        await GetAsync("/log/acme/notes/tile/9/000", _reader);
        await GetAsync("/log/acme/notes/vkey", _other);
        await GetAsync("/log/acme/open%2Fnotes/checkpoint", null);
        await GetAsync("/log/acme/notes/checkpoint", null);
        var lines = _gateway.Logs.All.Where(line => line.Contains("/log/{tenant}", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBe(4);
        lines[0].ShouldContain($"tenant=acme key={_reader.Split('_')[1]} ");
        lines[0].ShouldContain("method=\"GET /log/{tenant}/{vault}/checkpoint\" vault=notes outcome=ok");
        lines[1].ShouldContain("tile\" vault=notes outcome=error");
        lines[2].ShouldContain("tenant=other");
        lines[2].ShouldContain("vkey\" vault=notes outcome=refused");
        lines[3].ShouldContain("tenant=acme key=public ");
        lines[3].ShouldContain("vault=open/notes outcome=ok");
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        foreach (var path in (string[])["tile/0/000", "tile/0/000.p/4", "tile/1/000.p/1", "tile/9/000", "tile/", "tile/0/0", "tile/entries/001", "nothing"])
            (await GetAsync($"/log/acme/notes/{path}", _reader)).Status.ShouldBe(404, path);
        (await GetAsync("/log/ACME/notes/checkpoint", _reader)).Status.ShouldBe(404);
        (await GetAsync("/log/acme/../../etc/checkpoint", _reader)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Entries_are_hashes_and_no_event_is_in_any_of_it()
    {
        var bundle = (await GetAsync("/log/acme/notes/tile/entries/000.p/3", _reader)).Text;
        bundle.Length.ShouldBe(3 * 66);
        bundle.Where(c => c > ' ').ShouldAllBe(c => char.IsAsciiHexDigitLower(c) || c == '@');
    }

    [GoFact]
    public async Task Go_reads_the_log_over_http()
    {
        var vkey = (await GetAsync("/log/acme/notes/vkey", _reader)).Text.Trim();
        vkey.ShouldStartWith("log.example.org/acme/notes+");
        var (tenant, checkpoint) = ((await GetAsync("/log/acme/notes/tenant-vkey", _reader)).Text.Trim(), Path.Combine(_folder, "checkpoint"));
        for (var size = 3; size < 5; size++)
        {
            var verdict = await GoTlog.RunAsync("log", vkey, new Uri(_gateway.Root, "/log/acme/notes").ToString(), "X-API-Key", _reader);
            verdict.Good.ShouldBeTrue(verdict.Problem);
            verdict.Lines[0].ShouldStartWith($"{size} ");
            await File.WriteAllTextAsync(checkpoint, (await GetAsync("/log/acme/notes/checkpoint", _reader)).Text);
            (await GoTlog.RunAsync("signed", checkpoint, tenant)).Lines.ShouldBe(["1 1", "ok"]);
            (await GoTlog.RunAsync("signed", checkpoint, tenant, vkey)).Lines.ShouldBe(["2 0", "ok"]);
            (await CallAsync("append_event", """{"vault_path":"notes","event_type":"note","data":{"more":true}}""")).IsToolError.ShouldBeFalse();
        }
    }

    private Task<Answer> GetAsync(string path, string? key) => _gateway.Http.GetAsync(path, key is null ? [] : [("X-API-Key", key)]);

    private Task<Answer> CallAsync(string tool, string arguments) => PostAsync(McpRequest.Call(tool, arguments));

    private Task<Answer> PostAsync(McpRequest request) => _gateway.Http.PostAsync(request.Header("X-API-Key", _reader));
}
