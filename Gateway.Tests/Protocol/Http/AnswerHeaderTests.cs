using System.Text;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http;

/// <summary>What answers say about themselves, and what bodies must say.</summary>
[Collection(SharedGateway.Name)]
public sealed class AnswerHeaderTests(TestGateway gateway)
{
    private McpHttp Http => gateway.Http;

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/nope")]
    [InlineData("GET", "/mcp")]
    [InlineData("POST", "/mcp")]
    [InlineData("PUT", "/mcp")]
    [InlineData("POST", "/message")]
    [InlineData("POST", "/api/v1/vaults/create")]
    [InlineData("GET", "/api/v1/vaults/9b3c1f4e-0000-0000-0000-000000000000")]
    public async Task No_answer_is_kept_or_taken_for_another_type(string method, string path)
    {
        var answer = await Http.SendAsync(Http.Request(new HttpMethod(method), path));
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Header("Cache-Control").ShouldNotBeNull().ShouldContain("no-store");
    }

    [Fact]
    public async Task Tenants_data_is_not_kept_and_neither_are_streams()
    {
        (await Http.CallAsync("t_whoami")).Header("Cache-Control").ShouldNotBeNull().ShouldContain("no-store");
        using var stream = await Http.OpenAsync(McpRequest.Modern("subscriptions/listen", """{"notifications":{"promptsListChanged":true}}"""));
        stream.Response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await Http.PostAsync(McpRequest.Modern("server/discover").Header("Origin", "http://evil.example"))).Header("Cache-Control")!.ShouldContain("no-store");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("text/plain;application/json")]
    [InlineData("application/jsonx")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task A_body_that_is_not_said_to_be_json_is_415_everywhere(string? type)
    {
        using var stream = await Http.ListenAsync("/sse");
        var message = (await stream.NextAsync())!.Data;
        foreach (var path in (string[])["/mcp", message, message.Replace("/message", "/messages", StringComparison.Ordinal), "/api/v1/vaults/create", "/api/v1/vaults/9b3c1f4e-0000-0000-0000-000000000000/events"])
        {
            using var request = Http.Request(HttpMethod.Post, path);
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","id":1,"method":"ping","name":"n"}"""));
            if (type is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            (await Http.SendAsync(request)).Status.ShouldBe(415, $"{path} as {type}");
        }
    }

    [Theory]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/health/live")]
    [InlineData("GET", "/health/ready")]
    [InlineData("GET", "/health/startup")]
    [InlineData("GET", "/")]
    public async Task Balancers_may_ask_with_head(string method, string path)
    {
        var get = await Http.SendAsync(Http.Request(new HttpMethod(method), path));
        var head = await Http.SendAsync(Http.Request(HttpMethod.Head, path));
        head.Status.ShouldBe(get.Status);
        head.Text.ShouldBeEmpty();
        head.Response.Content.Headers.ContentLength.ShouldBe(get.Text.Length);
        // As some balancers do: HTTP/1.0, and no host.
        var (status, _) = await RawHttp.ExchangeAsync(gateway.Port, $"HEAD {path} HTTP/1.0\r\n\r\n");
        status.ShouldBe(path == "/" ? 400 : 200);
    }
}
