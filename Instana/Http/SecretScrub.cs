using System.Buffers;
using System.Text;
using System.Text.Json;
using Granary.Instana.Connections;

namespace Granary.Instana.Http;

/// <summary>
/// Takes the credential out of a backend's answer, should it come back in one: plain, percent-encoded, or in a JSON string with any of its characters
/// escaped. A model would read it, and a log would keep it.
/// </summary>
internal static class SecretScrub
{
    /// <summary>Shorter ones stand in answers by chance, and no backend gives such out.</summary>
    private const int MinLength = 8;

    private static ReadOnlySpan<byte> Redacted => "[redacted]"u8;

    /// <summary>The body without secrets; the same bytes where it has none.</summary>
    public static ReadOnlyMemory<byte> Clean(ReadOnlyMemory<byte> body, InstanaCredential credential)
    {
        foreach (var secret in credential.Secrets.Where(s => s.Length >= MinLength))
        {
            body = Replace(body, Encoding.UTF8.GetBytes(secret));
            var encoded = Uri.EscapeDataString(secret);
            if (encoded != secret)
                body = Replace(body, Encoding.UTF8.GetBytes(encoded));
            body = ReplaceEscaped(body, secret);
        }
        return body;
    }

    private static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> body, byte[] secret)
    {
        var at = body.Span.IndexOf(secret);
        if (at < 0)
            return body;
        var clean = new ArrayBufferWriter<byte>(body.Length);
        var rest = body.Span;
        for (; at >= 0; at = rest.IndexOf(secret))
        {
            clean.Write(rest[..at]);
            clean.Write(Redacted);
            rest = rest[(at + secret.Length)..];
        }
        clean.Write(rest);
        return clean.WrittenMemory;
    }

    /// <summary>JSON may write any character as an escape: strings that do are compared by what they say.</summary>
    private static ReadOnlyMemory<byte> ReplaceEscaped(ReadOnlyMemory<byte> body, string secret)
    {
        if (!body.Span.Contains((byte)'\\'))
            return body;
        ArrayBufferWriter<byte>? clean = null;
        var copied = 0;
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 512 });
            while (reader.Read())
            {
                if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped
                    || reader.GetString() is not { } text || !text.Contains(secret, StringComparison.Ordinal))
                {
                    continue;
                }
                clean ??= new ArrayBufferWriter<byte>(body.Length);
                var start = (int)reader.TokenStartIndex;
                clean.Write(body.Span[copied..start]);
                clean.Write("\""u8);
                clean.Write(JsonEncodedText.Encode(text.Replace(secret, "[redacted]", StringComparison.Ordinal)).EncodedUtf8Bytes);
                clean.Write("\""u8);
                copied = start + reader.ValueSpan.Length + 2;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or half a surrogate pair in a string: what reads it next refuses it.
            return body;
        }
        if (clean is null)
            return body;
        clean.Write(body.Span[copied..]);
        return clean.WrittenMemory;
    }
}
