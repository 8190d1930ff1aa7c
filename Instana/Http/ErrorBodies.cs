using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Instana.Connections;

namespace Granary.Instana.Http;

/// <summary>Finds the sentence in an error's body: the first of <c>errors</c>, <c>message</c>, <c>error</c>, else its text without markup.</summary>
internal static partial class ErrorBodies
{
    private const int MaxText = 500;

    /// <summary>Far more than any error needs; the rest of a page is not worth the regular expressions.</summary>
    private const int MaxRead = 16 * 1024;

    public static string Describe(ReadOnlySpan<byte> body, InstanaCredential credential)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxRead)]).Trim();
        // Redacted first: a cut through a secret would leave its beginning.
        return Shorten(Redact(FromJson(text, 0) ?? Plain(text), credential));
    }

    /// <summary>Removes the credential from a text, should a backend echo it.</summary>
    public static string Redact(string text, InstanaCredential credential)
    {
        foreach (var secret in credential.Secrets)
        {
            if (secret.Length > 0)
                text = text.Replace(secret, "[redacted]", StringComparison.OrdinalIgnoreCase);
        }
        return text;
    }

    private static string? FromJson(string text, int level)
    {
        if (level > 1 || text.Length == 0 || text[0] is not ('{' or '"'))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            // Some endpoints wrap their JSON in a JSON string.
            if (root.ValueKind == JsonValueKind.String)
                return FromJson(root.GetString()!.Trim(), level + 1) ?? Plain(root.GetString()!);
            return First(root, "errors") ?? First(root, "message") ?? First(root, "error");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: half a surrogate pair, which is JSON but no text.
            return null;
        }
    }

    private static string? First(JsonElement root, string name)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
            value = value[0];
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString() is { Length: > 0 } text ? FromJson(text.Trim(), 1) ?? text : null,
            JsonValueKind.Object => First(value, "message") ?? value.GetRawText(),
            _ => null,
        };
    }

    private static string Plain(string text)
    {
        try
        {
            if (text.Contains('<', StringComparison.Ordinal))
                text = WebUtility.HtmlDecode(Tags().Replace(Hidden().Replace(text, " "), " "));
            return Spaces().Replace(text, " ").Trim();
        }
        catch (RegexMatchTimeoutException)
        {
            return "";
        }
    }

    private static string Shorten(string text) =>
        text.Length <= MaxText ? text : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)] + "…";

    [GeneratedRegex("<(script|style|head)\\b.*?(</\\1\\s*>|$)", RegexOptions.IgnoreCase | RegexOptions.Singleline, 1000)]
    private static partial Regex Hidden();

    [GeneratedRegex("<[^>]*(>|$)", RegexOptions.None, 1000)]
    private static partial Regex Tags();

    [GeneratedRegex("[\\s\\p{Cc}\\p{Cf}]+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
