using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;
using Granary.Hosting.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Gateway.Tests.Audit;

/// <summary>Each call is one line: who, from where, what, how it ended; never what was said.</summary>
public sealed class AccessLogTests : IDisposable
{
    private static readonly Action<ILogger, string, string, Exception?> TwoValues =
        LoggerMessage.Define<string, string>(LogLevel.Information, new EventId(1), "tenant {Tenant}\n{Vault}");

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-accesslog-").FullName;

    private string KeyFile => Path.Combine(_folder, "keys.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_call_is_one_line()
    {
        var key = Keys.Add(KeyFile, "acme", "vault:read", "instana:read");
        await using var gateway = await TestGateway.StartAsync(o => o with { ApiKeyFile = KeyFile, AccessLog = true });
        await PostAsync(McpRequest.Call("query_timeline", """{"vault_path":"team/a \"b\" outcome=ok"}""").Header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        await PostAsync(McpRequest.Call("append_event", """{"vault_path":"x","event_type":"t","data":{"secret":"s3cr3t"}}"""));
        await PostAsync(McpRequest.Modern("tools/list"));
        await PostAsync(McpRequest.Modern("resources/read", """{"uri":"vault://x/status"}"""));
        await PostAsync(McpRequest.Legacy("tools/call", """{"name":"nosuch\nforged","arguments":{}}"""));
        await gateway.Http.GetAsync("/api/v1/vaults", ("X-API-Key", key));

        var id = key.Split('_')[1];
        var lines = gateway.Logs.All.Where(l => l.Contains("tenant=acme")).Select(l => l[l.IndexOf("tenant=", StringComparison.Ordinal)..]).ToList();
        lines.Select(l => System.Text.RegularExpressions.Regex.Replace(l, " ms=[0-9.]+| trace=[0-9a-f]{32} *$", "")).ShouldBe(
        [
            $"tenant=acme key={id} address=127.0.0.1 method=tools/call name=query_timeline vault=\"team/a \\\"b\\\" outcome=ok\" outcome=error",
            $"tenant=acme key={id} address=127.0.0.1 method=tools/call name=append_event outcome=refused",
            $"tenant=acme key={id} address=127.0.0.1 method=tools/list outcome=ok",
            $"tenant=acme key={id} address=127.0.0.1 method=resources/read name=vault://x/status vault=x outcome=failed",
            $"tenant=acme key={id} address=127.0.0.1 method=tools/call name=\"nosuch\nforged\" outcome=failed",
            $"tenant=acme key={id} address=127.0.0.1 method=\"GET /api/v1/vaults\" name=list_vaults outcome=ok",
        ]);
        lines[0].ShouldContain("trace=4bf92f3577b34da6a3ce929d0e0e4736");
        gateway.Logs.All.ShouldNotContain(l => l.Contains("s3cr3t"));

        Task<Answer> PostAsync(McpRequest request) => gateway.Http.PostAsync(request.Header("X-API-Key", key));
    }

    [Fact]
    public async Task Without_it_no_call_is_logged()
    {
        await using var gateway = await TestGateway.StartAsync(o => o);
        await gateway.Http.PostAsync(McpRequest.Modern("tools/list"));
        gateway.Logs.All.ShouldNotContain(l => l.Contains("method=tools/list"));
    }

    [Theory]
    [InlineData("127.0.0.0/8", "203.0.113.9", "203.0.113.9")]
    [InlineData("127.0.0.1/32", "198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("127.0.0.0/8,203.0.113.9/32", "198.51.100.1, 203.0.113.9", "198.51.100.1")]
    [InlineData("10.0.0.0/8", "203.0.113.9", "127.0.0.1")]
    [InlineData("127.0.0.0/8", "not-an-address", "127.0.0.1")]
    public async Task A_trusted_proxy_says_who_the_client_is(string trusted, string header, string address)
    {
        await using var gateway = await TestGateway.StartAsync(
            o => o with { AccessLog = true, TrustedProxies = [.. trusted.Split(',').Select(System.Net.IPNetwork.Parse)] });
        await gateway.Http.PostAsync(McpRequest.Modern("tools/list").Header("X-Forwarded-For", header));
        gateway.Logs.All.ShouldContain(l => l.Contains($"address={address} method=tools/list"));
    }

    [Fact]
    public async Task As_json_each_field_is_a_member()
    {
        using var error = new MemoryStream();
        await using (var services = new ServiceCollection().AddLogging(l => l.AddConsoleLines(LogLevel.Information, asJson: true, error)).BuildServiceProvider())
            TwoValues(services.GetRequiredService<ILoggerFactory>().CreateLogger("Granary.X"), "acme", "a\u001bb", null);
        var written = Encoding.UTF8.GetString(error.ToArray());
        var entry = JsonNode.Parse(written)!;
        ((string)entry["State"]!["Tenant"]!).ShouldBe("acme");
        ((string)entry["State"]!["Vault"]!).ShouldBe("a\u001bb");
        written.TrimEnd().ShouldNotContain("\n");
        written.ShouldNotContain("\u001b");
    }
}
