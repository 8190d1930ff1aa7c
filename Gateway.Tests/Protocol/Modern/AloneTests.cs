using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Stdio;
using Granary.Gateway.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Gateway.Tests.Protocol.Modern;

/// <summary>The newest revision needs nothing of the older ones: their room can go as one folder.</summary>
public sealed class AloneTests : IAsyncLifetime
{
    private TestGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await TestGateway.StartAsync(
        options => options,
        services => services.RemoveAll<ILegacyHttp>().RemoveAll<ILegacyConnections>());

    public Task DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_gateway_without_the_older_revisions_serves_the_newest() =>
        (await _gateway.Http.CallAsync("t_log")).Status.ShouldBe(200);

    [Theory]
    [InlineData("GET", "/mcp", 405)]
    [InlineData("DELETE", "/mcp", 405)]
    [InlineData("GET", "/sse", 404)]
    [InlineData("POST", "/message", 404)]
    public async Task It_has_no_endpoints_of_theirs(string method, string path, int status)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_gateway.Root, path));
        using var response = await client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task A_handshake_is_refused_with_a_sentence()
    {
        var answer = await _gateway.Http.PostAsync(McpRequest.Legacy("initialize"));
        answer.Status.ShouldBe(400);
        answer.ErrorText.ShouldNotBeNullOrEmpty();
    }
}
