using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Limits;

/// <summary>How much a key and a tenant may send, and what they are told beyond. A bucket fills by one a second, and no test waits for that.</summary>
[Trait("Kind", "Hostile")]
public sealed class RateLimitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-limits-").FullName;

    private string KeyFile => Path.Combine(_folder, "keys.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_key_over_its_rate_is_told_when_to_come_back_and_the_others_go_on()
    {
        var (loud, sibling, other) = (Keys.Add(KeyFile, "acme", "*"), Keys.Add(KeyFile, "acme", "*"), Keys.Add(KeyFile, "globex", "*"));
        await using var gateway = await StartAsync(o => o with { RatePerKey = 1, BurstPerKey = 5 });
        var refused = await UntilRefusedAsync(gateway, loud);
        refused.Code.ShouldBe(-32600);
        int.Parse(refused.Header("Retry-After")!, CultureInfo.InvariantCulture).ShouldBeInRange(1, 5);
        var error = refused.Message["error"]!;
        ((string)error["message"]!).ShouldBe("This key may send 1 requests a second, and 5 at once; nothing was done, try again in 1 s.");
        ((string)error["data"]!["code"]!).ShouldBe("rate_limited");
        ((bool)error["data"]!["retryable"]!).ShouldBeTrue();
        ((long)error["data"]!["retry_after_ms"]!).ShouldBeInRange(1, 5000);
        gateway.Logs.All.ShouldContain(line => line.Contains("Refused with 429: requests of the key", StringComparison.Ordinal));
        foreach (var key in (string[])[sibling, other])
            (await CallAsync(gateway, key)).ShouldSucceed();
    }

    [Fact]
    public async Task All_keys_of_a_tenant_share_its_rate_and_another_tenant_does_not()
    {
        var (one, two, other) = (Keys.Add(KeyFile, "acme", "*"), Keys.Add(KeyFile, "acme", "*"), Keys.Add(KeyFile, "globex", "*"));
        await using var gateway = await StartAsync(o => o with { RatePerTenant = 1, BurstPerTenant = 5 });
        ((string)(await UntilRefusedAsync(gateway, one)).Message["error"]!["message"]!).ShouldStartWith("This tenant may send 1 requests a second");
        await UntilRefusedAsync(gateway, two);
        (await CallAsync(gateway, other)).ShouldSucceed();
    }

    [Theory]
    [InlineData("GET", "/mcp")]
    [InlineData("DELETE", "/mcp")]
    [InlineData("GET", "/sse")]
    [InlineData("POST", "/message?session_id=x")]
    [InlineData("GET", "/api/v1/vaults")]
    [InlineData("POST", "/mcp")]
    public async Task Every_way_in_counts(string method, string path)
    {
        var key = Keys.Add(KeyFile, "acme", "*");
        await using var gateway = await StartAsync(o => o with { RatePerKey = 1, BurstPerKey = 5 });
        await UntilRefusedAsync(gateway, key);
        Answer answer;
        var tries = 0;
        do
        {
            answer = await gateway.Http.SendAsync(gateway.Http.Request(new HttpMethod(method), path, ("X-API-Key", key)));
        }
        while (answer.Status != 429 && ++tries < 50);
        answer.Status.ShouldBe(429);
        answer.Header("Retry-After").ShouldNotBeNull();
    }

    [Fact]
    public async Task Members_of_a_batch_count_one_by_one_and_each_is_answered()
    {
        var key = Keys.Add(KeyFile, "acme", "*");
        await using var gateway = await StartAsync(o => o with { RatePerKey = 1, BurstPerKey = 10 });
        gateway.Http.Always["X-API-Key"] = key;
        var session = await gateway.Http.InitializeAsync("2025-03-26");
        var answer = await BatchAsync(gateway, session, Enumerable.Range(0, 60).Select(i => $$"""{"jsonrpc":"2.0","id":{{i}},"method":"ping"}"""));
        answer.Status.ShouldBe(200);
        var responses = JsonNode.Parse(answer.Text)!.AsArray();
        responses.Select(r => (int)r!["id"]!).Order().ShouldBe(Enumerable.Range(0, 60));
        var refused = responses.Where(r => r!["error"] is not null).ToList();
        // The handshake took one, and a slow machine may give some back.
        refused.Count.ShouldBeInRange(20, 51);
        refused.ShouldAllBe(r => (string)r!["error"]!["data"]!["code"]! == "rate_limited" && (long)r["error"]!["data"]!["retry_after_ms"]! > 0);
    }

    [Fact]
    public async Task Members_of_a_batch_without_an_answer_count_too()
    {
        var key = Keys.Add(KeyFile, "acme", "*");
        await using var gateway = await StartAsync(o => o with { RatePerKey = 1, BurstPerKey = 200 });
        gateway.Http.Always["X-API-Key"] = key;
        var session = await gateway.Http.InitializeAsync("2025-03-26");
        string[] silent =
        [
            """{"jsonrpc":"2.0","method":"notifications/initialized"}""",
            """{"jsonrpc":"2.0","id":9,"result":{}}""",
            """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}}""",
            "7",
        ];
        var batches = 0;
        Answer answer;
        do
            answer = await BatchAsync(gateway, session, Enumerable.Range(0, 100).Select(i => silent[i % silent.Length]));
        while (answer.Status != 429 && ++batches < 20);
        // Two batches empty the bucket; a slow machine may put some back.
        batches.ShouldBeInRange(1, 5);
    }

    [Fact]
    public async Task Members_of_a_batch_take_places_among_the_calls_one_by_one()
    {
        var key = Keys.Add(KeyFile, "acme", "*");
        await using var gateway = await StartAsync(o => o with { MaxCallsPerKey = 2 });
        gateway.Http.Always["X-API-Key"] = key;
        var session = await gateway.Http.InitializeAsync("2025-03-26");
        Signals[] signals = [Signals.Make(), Signals.Make()];
        var batch = BatchAsync(gateway, session, signals.Select((s, i) =>
            $$$"""{"jsonrpc":"2.0","id":{{{i}}},"method":"tools/call","params":{"name":"t_wait","arguments":{{{s.Argument}}}}}"""));
        foreach (var signal in signals)
            await signal.Started.Task.WaitAsync(Guard.Time);
        (await gateway.Http.PostAsync(McpRequest.Call("t_echo"))).ToolText.ShouldContain("Busy: this key has 2 calls under way");
        var busy = await BatchAsync(gateway, session, ["""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t_echo"}}"""]);
        busy.Text.ShouldContain("Busy: this key has 2 calls under way");
        foreach (var signal in signals)
            signal.Go.SetResult();
        JsonNode.Parse((await batch).Text)!.AsArray().Select(r => (string)r!["result"]!["content"]![0]!["text"]!).ShouldBe(["went", "went"]);
    }

    [Theory]
    [InlineData("resources/read", """{"uri":"note://mine"}""")]
    [InlineData("resources/list", "{}")]
    [InlineData("prompts/get", """{"name":"p_hello","arguments":{"name":"x"}}""")]
    [InlineData("completion/complete", """{"ref":{"type":"ref/resource","uri":"number://{n}"},"argument":{"name":"n","value":""}}""")]
    public async Task Whatever_works_for_a_tenant_counts_among_its_calls(string method, string parameters)
    {
        var key = Keys.Add(KeyFile, "acme", "*");
        await using var gateway = await StartAsync(o => o with { MaxCallsPerKey = 1 });
        gateway.Http.Always["X-API-Key"] = key;
        var signals = Signals.Make();
        var first = gateway.Http.PostAsync(McpRequest.Call("t_wait", signals.Argument));
        await signals.Started.Task.WaitAsync(Guard.Time);
        var error = (await gateway.Http.PostAsync(McpRequest.Modern(method, parameters))).Message["error"]!;
        ((string)error["message"]!).ShouldStartWith("Busy: this key has 1 calls under way");
        ((string)error["data"]!["code"]!).ShouldBe("busy");
        ((int)error["data"]!["retry_after_ms"]!).ShouldBe(1000);
        signals.Go.SetResult();
        (await first).ToolText.ShouldBe("went");
    }

    [Fact]
    public async Task Bytes_count_by_tenant()
    {
        var (key, other) = (Keys.Add(KeyFile, "acme", "*"), Keys.Add(KeyFile, "globex", "*"));
        // The bucket holds four of the largest bodies.
        await using var gateway = await StartAsync(o => o with { BytesPerTenant = 1, MaxBodyBytes = 20_000 });
        var text = new string('x', 15_000);
        Answer answer;
        var calls = 0;
        do
            answer = await CallAsync(gateway, key, $$"""{"text":"{{text}}"}""");
        while (answer.Status != 429 && ++calls < 20);
        calls.ShouldBe(5);
        ((string)answer.Message["error"]!["message"]!).ShouldStartWith("This tenant may send 1 bytes a second");
        (await CallAsync(gateway, key, "{}")).Status.ShouldBe(200);
        (await CallAsync(gateway, other, $$"""{"text":"{{text}}"}""")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task One_key_has_so_many_calls_at_once_and_its_tenants_other_key_goes_on()
    {
        var (one, two) = (Keys.Add(KeyFile, "acme", "*"), Keys.Add(KeyFile, "acme", "*"));
        await using var gateway = await StartAsync(o => o with { MaxCallsPerKey = 1 });
        var signals = Signals.Make();
        var first = CallAsync(gateway, one, signals.Argument, "t_wait");
        await signals.Started.Task.WaitAsync(Guard.Time);
        var refused = await CallAsync(gateway, one);
        refused.IsToolError.ShouldBeTrue();
        refused.ToolText.ShouldContain("Busy: this key has 1 calls under way");
        refused.ToolText.ShouldContain("\"retry_after_ms\": 1000");
        (await CallAsync(gateway, two)).IsToolError.ShouldBeFalse();
        signals.Go.SetResult();
        (await first).ToolText.ShouldBe("went");
        (await CallAsync(gateway, one)).IsToolError.ShouldBeFalse();
    }

    [Fact]
    public async Task A_refused_request_does_nothing()
    {
        var key = Keys.Add(KeyFile, "acme", "*");
        await using var gateway = await StartAsync(o => o with { RatePerKey = 1, BurstPerKey = 3 });
        (await CallAsync(gateway, key, """{"vault_path":"notes"}""", "init_vault")).IsToolError.ShouldBeFalse();
        var stored = 0;
        for (var i = 0; i < 20; i++)
            stored += (await CallAsync(gateway, key, """{"vault_path":"notes","event_type":"note","data":{}}""", "append_event")).Status == 200 ? 1 : 0;
        Answer report;
        do
            report = await CallAsync(gateway, key, """{"vault_path":"notes"}""", "verify_chain");
        while (report.Status == 429);
        ((int)JsonNode.Parse(report.ToolText)!["event_count"]!).ShouldBe(stored);
    }

    private static Task<Answer> CallAsync(TestGateway gateway, string key, string arguments = "{}", string tool = "t_echo")
    {
        var request = McpRequest.Call(tool, arguments);
        request.Headers["X-API-Key"] = [key];
        return gateway.Http.PostAsync(request);
    }

    private static async Task<Answer> BatchAsync(TestGateway gateway, string session, IEnumerable<string> members)
    {
        using var request = gateway.Http.Request(HttpMethod.Post, "/mcp", ("Mcp-Session-Id", session), ("Accept", "application/json"));
        request.Content = new StringContent($"[{string.Join(',', members)}]", Encoding.UTF8, "application/json");
        return await gateway.Http.SendAsync(request);
    }

    private static async Task<Answer> UntilRefusedAsync(TestGateway gateway, string key)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await CallAsync(gateway, key) is { Status: 429 } refused)
                return refused;
        }
        throw new InvalidOperationException("200 calls were let through.");
    }

    private Task<TestGateway> StartAsync(Func<GatewayOptions, GatewayOptions> change) => TestGateway.StartAsync(o => change(o with { ApiKeyFile = KeyFile }));
}
