using System.Text.Json;
using Granary.Gateway.Tests.EndToEnd;
using Granary.Instana.Connections;
using Granary.Simulator.Faults;

namespace Granary.Gateway.Tests.Tools.Instana;

/// <summary>Tokens are in the request to the backend and nowhere else; facts about the caller are in it too.</summary>
public sealed class SecrecyTests
{
    private const string Days = """{"time_range":"last 3 days"}""";

    [Fact]
    public async Task No_token_is_ever_logged_or_returned()
    {
        string[] secrets = ["api-secret-4711", "jwt-secret-4712", "csrf-secret-4713", "auth-secret-4714", "own-secret-4715", "key-of-session"];
        await using var backend = await Backend.StartAsync(o => o with
        {
            Environment = new InstanaEnvironment("https://unit.instana.io", secrets[4]),
            Retry = new RetryOptions { MaxRetries = 1, BaseDelay = TimeSpan.FromMilliseconds(1) },
            Timeout = TimeSpan.FromSeconds(20),
        });
        var schemes = new (string, string)[][]
        {
            [("instana-base-url", backend.Url), ("instana-api-token", secrets[0])],
            [("instana-base-url", backend.Url), ("instana-jwt-token", secrets[1]), ("instana-csrf-token", secrets[2])],
            [("instana-base-url", backend.Url), ("instana-auth-token", secrets[3]), ("instana-csrf-token", secrets[2])],
            [("instana-base-url", "https://elsewhere.example"), ("instana-api-token", secrets[0])],
            [("instana-base-url", backend.Url), ("instana-api-token", secrets[0] + new string('x', 3000))],
            [("instana-api-token", secrets[0])],
        };
        foreach (var headers in schemes)
        {
            foreach (var fault in new FaultKind?[] { null, FaultKind.Drop, FaultKind.ErrorPage, FaultKind.TooManyRequests, FaultKind.HalfBody, FaultKind.Redirect })
            {
                backend.Simulator.Faults.Clear();
                if (fault is { } kind)
                    backend.Simulator.Faults.Add(new Fault(kind) { Count = 2, RetryAfter = 0 });
                var reply = await backend.CallAsync("get_events", Days, headers);
                foreach (var secret in secrets)
                    reply.Message.GetRawText().ShouldNotContain(secret);
            }
        }
        backend.Simulator.Requests.Total.ShouldBeGreaterThan(10);
        backend.Gateway.Logged.ShouldNotBeEmpty();
        foreach (var secret in secrets)
            backend.Gateway.Logged.ShouldNotContain(line => line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_backend_is_told_which_call_this_is()
    {
        await using var backend = await Backend.StartAsync();
        (await backend.Gateway.Client.SendAsync(
            backend.Gateway.Client.CreateCall("manage_events", $$"""{"operation":"get_events","params":{{Days}} }""", backend.Headers(), id: "\"call-7\""),
            CancellationToken.None)).Success();
        var headers = backend.Simulator.Requests.Seen.ShouldHaveSingleItem().Headers;
        headers["X-MCP-Request-ID"].ShouldBe("call-7");
        headers["X-MCP-Client"].ShouldBe("tool-tests");
        headers["X-MCP-Tool"].ShouldBe("manage_events");
        headers["User-Agent"].ShouldStartWith("Granary/");
        headers.ContainsKey("X-MCP-Session-ID").ShouldBeFalse();
        headers.ContainsKey("X-MCP-Environment-Type").ShouldBeFalse();
    }

    [Fact]
    public async Task The_environment_type_follows_the_scheme()
    {
        await using var backend = await Backend.StartAsync();
        await backend.CallAsync("get_events", Days, ("instana-base-url", backend.Url), ("instana-jwt-token", Backend.Token), ("instana-csrf-token", "c"));
        await backend.CallAsync("get_events", Days, ("instana-base-url", backend.Url), ("instana-auth-token", Backend.Token), ("instana-csrf-token", "c"));
        backend.Simulator.Requests.Seen.Select(r => r.Headers["X-MCP-Environment-Type"]).ShouldBe(["platform", "SaaS"]);
    }

    [Fact]
    public async Task A_session_is_told_by_a_fingerprint_never_by_its_id()
    {
        await using var backend = await Backend.StartAsync();
        await using var client = new SessionClient(backend.Gateway.Client.Root);
        await client.AskAsync(Message("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"old one","version":"1"}}}"""));
        var call = Message($$$"""{"jsonrpc":"2.0","id":42,"method":"tools/call","params":{"name":"manage_events","arguments":{"operation":"get_events","params":{{{Days}}} } } }""");
        (await client.AskAsync(call, backend.Headers())).GetProperty("result").TryGetProperty("isError", out _).ShouldBeFalse();
        (await client.AskAsync(call, backend.Headers())).GetProperty("result").TryGetProperty("isError", out _).ShouldBeFalse();
        var seen = backend.Simulator.Requests.Seen;
        seen.ShouldAllBe(r => r.Headers["X-MCP-Request-ID"] == "42" && r.Headers["X-MCP-Client"] == "old one");
        var told = seen.Select(r => r.Headers["X-MCP-Session-ID"]).Distinct().ShouldHaveSingleItem();
        told.Length.ShouldBe(16);
        client.Session.ShouldNotBeNull().ShouldNotContain(told);
    }

    private static JsonElement Message(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
