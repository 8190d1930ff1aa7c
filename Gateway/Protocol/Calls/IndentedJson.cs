using System.Buffers;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>JSON on lines of its own, two spaces a level, straight from its bytes: strings and numbers stay as they were written.</summary>
internal static class IndentedJson
{
    private static readonly SearchValues<byte> StringStops = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> ValueStops = SearchValues.Create("{}[],:\" \t\r\n"u8);

    /// <summary>Writes a text that is valid JSON.</summary>
    public static void Write(ReadOnlySpan<byte> json, ReplyBuffer output)
    {
        var depth = 0;
        while (!json.IsEmpty)
        {
            var length = 1;
            switch (json[0])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    break;
                case (byte)'"':
                    length = StringLength(json);
                    output.Write(json[..length]);
                    break;
                case (byte)'{' or (byte)'[':
                    output.Write(json[..1]);
                    var inside = json[1..].TrimStart(" \t\r\n"u8);
                    if (inside[0] is (byte)'}' or (byte)']')
                    {
                        output.Write(inside[..1]);
                        length = json.Length - inside.Length + 1;
                        break;
                    }
                    Break(output, ++depth);
                    break;
                case (byte)'}' or (byte)']':
                    Break(output, --depth);
                    output.Write(json[..1]);
                    break;
                case (byte)',':
                    output.Write(","u8);
                    Break(output, depth);
                    break;
                case (byte)':':
                    output.Write(": "u8);
                    break;
                default:
                    length = json.IndexOfAny(ValueStops) is var end and >= 0 ? end : json.Length;
                    output.Write(json[..length]);
                    break;
            }
            json = json[length..];
        }
    }

    private static int StringLength(ReadOnlySpan<byte> json)
    {
        for (var at = 1; ; at += 2)
        {
            at += json[at..].IndexOfAny(StringStops);
            if (json[at] == '"')
                return at + 1;
        }
    }

    private static void Break(ReplyBuffer output, int depth)
    {
        output.Write("\n"u8);
        for (var i = 0; i < depth; i++)
            output.Write("  "u8);
    }
}
