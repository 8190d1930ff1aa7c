using System.IO.Compression;
using System.Text;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http.BadInput;

/// <summary>A refusal blames what is at fault, and speaks no code of ours.</summary>
[Collection(SharedGateway.Name)]
[Trait("Kind", "Hostile")]
public sealed class SentenceTests(TestGateway gateway)
{
    [Fact]
    public async Task A_compressed_body_is_refused_as_one()
    {
        var plain = McpRequest.Modern("server/discover");
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(plain.ToBytes());
        foreach (var encoding in (string[])["gzip", "br", "gzip, br", "zstd"])
        {
            var answer = await gateway.Http.PostAsync(McpRequest.Modern("server/discover").Bytes(packed.ToArray()).Header("Content-Encoding", encoding));
            answer.ShouldFail(400, -32700);
            answer.ErrorText.ShouldContain($"without 'Content-Encoding: {encoding}'");
        }
        var unsaid = await gateway.Http.PostAsync(McpRequest.Modern("server/discover").Bytes(packed.ToArray()));
        unsaid.ShouldFail(400, -32700);
        unsaid.ErrorText.ShouldContain("gzip");
        (await gateway.Http.PostAsync(plain.Header("Content-Encoding", "identity"))).ShouldSucceed();
    }

    [Fact]
    public async Task Another_encoding_of_text_is_refused_as_one()
    {
        var text = Encoding.UTF8.GetString(McpRequest.Modern("server/discover").ToBytes());
        foreach (var (bytes, said) in ((byte[], string)[])
        [
            ([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)], "UTF-16"),
            ([.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(text)], "UTF-16"),
            ([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text)], "byte order mark"),
            ([.. Encoding.Latin1.GetBytes("{\"a\":\"ä\"}")], "not valid UTF-8"),
        ])
        {
            var answer = await gateway.Http.PostAsync(McpRequest.Modern("server/discover").Bytes(bytes));
            answer.ShouldFail(400, -32700);
            answer.ErrorText.ShouldContain(said);
        }
    }

    [Theory]
    [InlineData("2027-01-01")]
    [InlineData("banana")]
    [InlineData("2026-07-2")]
    public async Task A_header_with_an_unknown_revision_is_what_is_refused(string version)
    {
        var answer = await gateway.Http.PostAsync(McpRequest.Legacy("tools/list").Header("MCP-Protocol-Version", version));
        answer.ShouldFail(400, -32022);
        answer.ErrorText.ShouldContain(version);
        answer.ErrorText.ShouldNotContain("_meta");
    }

    [Fact]
    public async Task A_body_without_what_its_header_announces_is_told_what_is_missing()
    {
        var answer = await gateway.Http.PostAsync(McpRequest.Legacy("tools/list").Header("MCP-Protocol-Version", "2026-07-28").Header("Mcp-Method", "tools/list"));
        answer.ShouldFail(400, -32602);
        answer.ErrorText.ShouldContain("_meta");
        answer.ErrorText.ShouldContain("MCP-Protocol-Version");
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"tools/list","params":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":7}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":7}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":7,"clientInfo":{"name":1}}}""")]
    public async Task No_sentence_names_a_rule_or_a_type_of_ours(string body)
    {
        foreach (var version in (string?[])["2026-07-28", "2025-11-25", null])
        {
            var request = McpRequest.Modern("tools/list").Text(body);
            var answer = await gateway.Http.PostAsync(version is null ? request.Without("MCP-Protocol-Version") : request.Header("MCP-Protocol-Version", version));
            if (answer.Status < 400 || answer.MediaType != "application/json")
                continue;
            answer.ErrorText.ShouldNotMatch(@"\(rule|System\.|LineNumber|BytePositionInLine|Path: \$|`1");
        }
    }
}
