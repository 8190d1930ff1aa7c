using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Legacy.Sse;

/// <summary>Behind a proxy that serves the gateway under a path, <c>/sse</c> names the address that the client sees.</summary>
public sealed class PathPrefixTests
{
    [Theory]
    [InlineData("", "/granary", "/sse", "/granary")]
    [InlineData("", "/granary/", "/sse", "/granary")]
    [InlineData("", "/outer, /inner", "/sse", "/outer/inner")]
    [InlineData("", "", "/sse", "")]
    [InlineData("", "/", "/sse", "")]
    [InlineData("/granary", null, "/granary/sse", "/granary")]
    [InlineData("/granary", null, "/sse", "/granary")]
    [InlineData("/granary", "/granary", "/sse", "/granary")]
    [InlineData("/granary", "/outer", "/granary/sse", "/outer/granary")]
    public async Task The_address_has_the_prefix(string pathBase, string? forwarded, string path, string prefix)
    {
        await using var gateway = await TestGateway.StartAsync(o => o with { PathBase = pathBase });
        using var stream = await gateway.Http.ListenAsync(path, forwarded is null ? [] : [("X-Forwarded-Prefix", forwarded)]);
        var address = (await stream.NextAsync())!.Data;
        address.ShouldMatch($"^{prefix}/message\\?session_id=");
        // As the proxy passes it on: without what it took away, or as it is.
        var inner = pathBase.Length > 0 ? address[(address.IndexOf(pathBase, StringComparison.Ordinal))..] : address[prefix.Length..];
        using var request = gateway.Http.Request(HttpMethod.Post, inner);
        request.Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", System.Text.Encoding.UTF8, "application/json");
        (await gateway.Http.SendAsync(request)).Status.ShouldBe(202);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("evil")]
    [InlineData("/a?b")]
    [InlineData("/a#b")]
    [InlineData("/a/../b")]
    [InlineData("/a\\b")]
    [InlineData("/%2fevil.example")]
    public async Task A_prefix_that_is_no_path_is_refused(string forwarded)
    {
        await using var gateway = await TestGateway.StartAsync(o => o);
        (await gateway.Http.GetAsync("/sse", ("X-Forwarded-Prefix", forwarded))).ShouldFail(400, -32600);
    }
}
