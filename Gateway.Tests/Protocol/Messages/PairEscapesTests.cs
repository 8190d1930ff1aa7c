using System.Text;
using System.Text.Json;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Tests.Protocol.Messages;

public sealed class PairEscapesTests
{
    [Theory]
    [InlineData("\"\\uD83D\\uDE00\"", "\"😀\"")]
    [InlineData("{\"k\\ud83d\\ude00\":[\"a\\uD835\\uDD18\\uD840\\uDC00\\n\"]}", "{\"k😀\":[\"a𝔘𠀀\\n\"]}")]
    [InlineData("\"\\\\\\uD83D\\uDE00\"", "\"\\\\😀\"")]
    public void A_pair_becomes_its_character(string json, string plain) => Resolve(json).ShouldBe(plain);

    [Theory]
    [InlineData("\"\\\\uD83D\\\\uDE00\"")]
    [InlineData("\"\\uD83D\"")]
    [InlineData("\"\\uDE00\\uD83D\"")]
    [InlineData("\"\\uD83Dx\\uDE00\"")]
    [InlineData("\"\\u00e4\\u001b\\\"\\u2028\"")]
    [InlineData("\"\\uD83D\\u")]
    [InlineData("\"\\")]
    [InlineData("")]
    public void Everything_else_stays(string json) => Resolve(json).ShouldBe(json);

    [Fact]
    public void The_value_is_the_same()
    {
        var random = new Random(1);
        string[] parts = ["\\uD83D", "\\uDE00", "\\\\", "\\n", "x", "\\u0041", "ä", "\\\""];
        for (var i = 0; i < 2_000; i++)
        {
            var json = $"\"{string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => parts[random.Next(parts.Length)]))}\"";
            string? value;
            try
            {
                value = JsonSerializer.Deserialize<string>(json);
            }
            catch (JsonException)
            {
                continue;
            }
            JsonSerializer.Deserialize<string>(Resolve(json)).ShouldBe(value, json);
            Resolve(json).ShouldBe(PairEscapes.Resolve(json));
        }
    }

    private static string Resolve(string json) => Encoding.UTF8.GetString(PairEscapes.Resolve((ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(json)).Span);
}
