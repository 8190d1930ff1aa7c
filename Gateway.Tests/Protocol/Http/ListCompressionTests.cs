using System.IO.Compression;
using System.Text;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http;

/// <summary>Lists come compressed to who accepts it, as RFC 9110, 12.5.3 has it, where the operator asks for it; nothing else does.</summary>
public sealed class ListCompressionTests
{
    [Fact]
    public async Task A_list_is_the_same_in_each_encoding()
    {
        await using var gateway = await TestGateway.StartAsync(o => o with { CompressLists = true });
        var plain = await SendAsync(gateway, McpRequest.Modern("tools/list"));
        plain.Encoding.ShouldBeNull();
        foreach (var (accepted, encoding) in Accepted)
        {
            foreach (var request in (McpRequest[])[McpRequest.Modern("tools/list"), McpRequest.Legacy("tools/list")])
            {
                var answer = await SendAsync(gateway, request.Header("Accept-Encoding", accepted));
                answer.Encoding.ShouldBe(encoding, accepted);
                answer.Text.ShouldContain("\"append_event\"");
                if (encoding is null)
                    continue;
                answer.Vary.ShouldContain("Accept-Encoding");
                answer.Length.ShouldBeLessThan(plain.Length / 3);
            }
            (await SendAsync(gateway, McpRequest.Modern("tools/list").Header("Accept-Encoding", accepted))).Text.ShouldBe(plain.Text);
        }
    }

    private static readonly (string Accepted, string? Encoding)[] Accepted =
    [
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("*", "br"),
        ("*;q=0", null),
        ("gzip;q=0", null),
        ("identity", null),
        ("deflate, zstd", null),
        ("gzip;;q", null),
        ("", null),
    ];

    [Fact]
    public async Task Calls_and_refusals_are_not_compressed()
    {
        await using var gateway = await TestGateway.StartAsync(o => o with { CompressLists = true });
        var text = new string('a', 10_000);
        var call = await SendAsync(gateway, McpRequest.Call("t_echo", $$"""{"text":"{{text}}"}""").Header("Accept-Encoding", "br, gzip"));
        (call.Encoding, call.Text.Contains(text, StringComparison.Ordinal)).ShouldBe((null, true));
        (await SendAsync(gateway, McpRequest.Modern("tools/list", """{"cursor":"nonsense"}""").Header("Accept-Encoding", "br, gzip"))).Encoding.ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_compressed_unless_asked_for()
    {
        await using var gateway = await TestGateway.StartAsync(o => o);
        (await SendAsync(gateway, McpRequest.Modern("tools/list").Header("Accept-Encoding", "br, gzip"))).Encoding.ShouldBeNull();
    }

    private static async Task<(string? Encoding, string Vary, string Text, int Length)> SendAsync(TestGateway gateway, McpRequest request)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var message = request.Build(gateway.Http.Endpoint);
        using var response = await client.SendAsync(message);
        var body = await response.Content.ReadAsByteArrayAsync();
        var encoding = response.Content.Headers.ContentEncoding.SingleOrDefault();
        if (encoding is null)
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
