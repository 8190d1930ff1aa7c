using System.Buffers;
using System.Text;
using System.Text.Json;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Tests.Protocol.Messages;

public sealed class PlainJsonEncoderTests
{
    [Theory]
    [InlineData("🌾 😀 👩‍🌾 𝔘 𠀀")]
    [InlineData("größe ученик 谷 שלום")]
    [InlineData("no\u00A0break\u3000wide \uE000")]
    [InlineData("<b>&'+</b>")]
    [InlineData("")]
    [InlineData("¡â€")]
    public void What_json_can_hold_comes_out_as_itself(string text)
    {
        Write(json => json.WriteStringValue(text)).ShouldBe($"\"{text}\"");
        Write(json => json.WriteStringValue(Encoding.UTF8.GetBytes(text))).ShouldBe($"\"{text}\"");
    }

    [Theory]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("\n\r\t\b\f", "\"\\n\\r\\t\\b\\f\"")]
    [InlineData("\u0000\u001b\u007f\u0085\u009f", "\"\\u0000\\u001B\\u007F\\u0085\\u009F\"")]
    [InlineData("\u2028x\u2029", "\"\\u2028x\\u2029\"")]
    [InlineData("😀\n😀", "\"😀\\n😀\"")]
    public void What_must_be_escaped_is(string text, string json)
    {
        Write(writer => writer.WriteStringValue(text)).ShouldBe(json);
        Write(writer => writer.WriteStringValue(Encoding.UTF8.GetBytes(text))).ShouldBe(json);
    }

    [Theory]
    [InlineData("a\ud83d")]
    [InlineData("\ude00b")]
    [InlineData("\ud83dx\ude00")]
    public void Half_a_character_is_replaced_and_the_json_stays_valid(string text)
    {
        using var read = JsonDocument.Parse(Write(json => json.WriteStringValue(text)));
        read.RootElement.GetString().ShouldNotBeNull().ShouldContain('\uFFFD');
    }

    [Fact]
    public void Every_character_comes_back_from_text_and_from_bytes()
    {
        var all = new StringBuilder();
        for (var scalar = 0; scalar <= 0x10FFFF; scalar += scalar < 0x3000 ? 1 : 97)
        {
            if (Rune.IsValid(scalar))
                all.Append(new Rune(scalar).ToString());
        }
        var text = all.ToString();
        foreach (var written in (string[])[Write(json => json.WriteStringValue(text)), Write(json => json.WriteStringValue(Encoding.UTF8.GetBytes(text)))])
            JsonDocument.Parse(written).RootElement.GetString().ShouldBe(text);
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = PlainJsonEncoder.Instance }))
            write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
