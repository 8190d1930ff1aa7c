using System.Text;
using BenchmarkDotNet.Attributes;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Bench.Micro;

/// <summary>Reading the envelope of a call: once for each request.</summary>
public class EnvelopeBenchmarks
{
    private byte[] _body = [];

    /// <summary>How long the text in the arguments is.</summary>
    [Params(100, 10_000)]
    public int Text { get; set; }

    [GlobalSetup]
    public void Prepare() => _body = Encoding.UTF8.GetBytes(
        $$$"""
        {"jsonrpc":"2.0","id":17,"method":"tools/call","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}},
        "name":"append_event","arguments":{"vault_path":"team/notes","event_type":"note","data":{"text":"{{{new string('x', Text)}}}"} } } }
        """);

    [Benchmark]
    public object Read() => EnvelopeReader.Read(_body);
}
