using System.IO.Compression;
using System.Text;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http;

/// <summary>Lists come compressed to who accepts it, as RFC 9110, 12.5.3 has it, and nothing else does.</summary>
[Collection(SharedGateway.Name)]
public sealed class ListCompressionTests(TestGateway gateway)
{
    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("*", "br")]
    [InlineData("br;q=0, *;q=0.3", "gzip")]
    [InlineData("*;q=0", null)]
    [InlineData("gzip;q=0", null)]
    [InlineData("identity", null)]
    [InlineData("deflate, zstd", null)]
    [InlineData("gzip;;q", null)]
    [InlineData("", null)]
    public async Task A_list_is_the_same_in_each_encoding(string accepted, string? encoding)
    {
        var plain = await SendAsync(McpRequest.Modern("tools/list"));
        plain.Encoding.ShouldBeNull();
        foreach (var request in (McpRequest[])[McpRequest.Modern("tools/list"), McpRequest.Legacy("tools/list")])
        {
            var answer = await SendAsync(request.Header("Accept-Encoding", accepted));
            answer.Encoding.ShouldBe(encoding);
            answer.Vary.ShouldContain("Accept-Encoding");
            answer.Text.ShouldContain("\"append_event\"");
            if (encoding is not null)
                answer.Length.ShouldBeLessThan(plain.Length / 3);
        }
        (await SendAsync(McpRequest.Modern("tools/list").Header("Accept-Encoding", accepted))).Text.ShouldBe(plain.Text);
    }

    [Fact]
    public async Task Calls_and_refusals_are_not_compressed()
    {
        var text = new string('a', 10_000);
        var call = await SendAsync(McpRequest.Call("t_echo", $$"""{"text":"{{text}}"}""").Header("Accept-Encoding", "br, gzip"));
        (call.Encoding, call.Text.Contains(text, StringComparison.Ordinal)).ShouldBe((null, true));
        (await SendAsync(McpRequest.Modern("tools/list", """{"cursor":"nonsense"}""").Header("Accept-Encoding", "br, gzip"))).Encoding.ShouldBeNull();
    }

    private async Task<(string? Encoding, string Vary, string Text, int Length)> SendAsync(McpRequest request)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var message = request.Build(gateway.Http.Endpoint);
        using var response = await client.SendAsync(message);
        var body = await response.Content.ReadAsByteArrayAsync();
        var encoding = response.Content.Headers.ContentEncoding.SingleOrDefault();
        response.Content.Headers.ContentLength.ShouldBe(body.Length);
        await using Stream stream = encoding switch
        {
            "br" => new BrotliStream(new MemoryStream(body), CompressionMode.Decompress),
            "gzip" => new GZipStream(new MemoryStream(body), CompressionMode.Decompress),
            _ => new MemoryStream(body),
        };
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return (encoding, string.Join(',', response.Headers.Vary), await reader.ReadToEndAsync(), body.Length);
    }
}
