using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Tests.Protocol;

/// <summary>The text of a result is its JSON with two spaces a level, as System.Text.Json lays it out, and its characters as they are.</summary>
public sealed class IndentedJsonTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"a":1,"b":[1,2,{"c":null}],"d":{},"e":[],"f":"x,:{}[] \"\\","g":-1.5e-7,"h":true}""")]
    [InlineData(""" { "a" : [ ] , "b" : { } , "c" : [ 1 , "two" ] } """)]
    [InlineData("""{"a":[[[]]],"b":{"c":{"d":{}}}}""")]
    public void It_is_laid_out_as_the_library_does(string json) => Write(json).ShouldBe(JsonNode.Parse(json)!.ToJsonString(Indented));

    [Fact]
    public void Characters_outside_the_basic_plane_stay_as_they_are() => Write("""{"text":"größer 🌾"}""").ShouldBe("{\n  \"text\": \"größer 🌾\"\n}");

    private static string Write(string json)
    {
        using var output = ReplyBuffer.Rent();
        IndentedJson.Write(Encoding.UTF8.GetBytes(json), output);
        return Encoding.UTF8.GetString(output.Written.Span);
    }
}
