using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Tools;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// What 2026-07-28 asks of a request before its method runs: required <c>_meta</c>, a version that is spoken, and headers that say what the
/// body says (rules B6, M1–M10), so that intermediaries may trust them.
/// </summary>
internal sealed class HeaderRules(ToolCatalog tools)
{
    private const string Base64Prefix = "=?base64?";
    private const string Base64Suffix = "?=";

    public void Check(Envelope envelope, IHeaderDictionary headers)
    {
        CheckVersion(envelope, headers);
        CheckMethod(envelope, headers);
        switch (envelope.Method)
        {
            case RequestMethods.ToolsCall:
                CheckName(headers, "params.name", envelope.Name);
                CheckParameters(envelope, headers);
                break;
            case RequestMethods.PromptsGet:
                CheckName(headers, "params.name", envelope.Name);
                break;
            case RequestMethods.ResourcesRead:
                CheckName(headers, "params.uri", envelope.Uri);
                break;
        }
    }

    /// <summary>A notification repeats its version, and its method where it has the header; it needs no <c>_meta</c> (rules B2, M1, M2).</summary>
    public static void CheckNotification(Envelope envelope, IHeaderDictionary headers)
    {
        var header = RequestHeaders.Single(headers, RequestHeaders.ProtocolVersion)
            ?? throw RpcException.HeaderMismatch($"The header {RequestHeaders.ProtocolVersion} is required, once.");
        if (envelope.Meta.ProtocolVersion is { } version && !string.Equals(header, version, StringComparison.Ordinal))
            throw RpcException.HeaderMismatch($"The header {RequestHeaders.ProtocolVersion} says '{Show(header)}', the body '{Show(version)}'.");
        if (!Revisions.IsModern(header))
            throw RpcException.UnsupportedVersion(Show(header));
        CheckMethod(envelope, headers);
    }

    /// <summary>
    /// Before 2026-07-28 these headers need not be there; where they are, they say what the body says: a proxy may have decided by them.
    /// </summary>
    public static void CheckOlder(Envelope envelope, IHeaderDictionary headers)
    {
        if (headers.ContainsKey(RequestHeaders.Method) && RequestHeaders.Single(headers, RequestHeaders.Method) != envelope.Method)
            throw RpcException.InvalidRequest($"The header {RequestHeaders.Method} does not repeat 'method'.");
        if (!headers.ContainsKey(RequestHeaders.Name))
            return;
        var named = envelope.Method switch
        {
            RequestMethods.ToolsCall or RequestMethods.PromptsGet => envelope.Name,
            RequestMethods.ResourcesRead => envelope.Uri,
            _ => null,
        };
        if (Decode(headers, RequestHeaders.Name) != named)
            throw RpcException.InvalidRequest($"The header {RequestHeaders.Name} does not repeat the name or URI of the call.");
    }

    /// <summary>A batch has many methods and names: no header can repeat them.</summary>
    public static void CheckBatch(IHeaderDictionary headers)
    {
        if (headers.ContainsKey(RequestHeaders.Method) || headers.ContainsKey(RequestHeaders.Name))
            throw RpcException.InvalidRequest($"A batch comes without the headers {RequestHeaders.Method} and {RequestHeaders.Name}: it has several methods.");
    }

    private static void CheckVersion(Envelope envelope, IHeaderDictionary headers)
    {
        var meta = envelope.Meta;
        // A body that says nothing is not to blame for a header that names a revision nobody speaks.
        if (meta.ProtocolVersion is null && RequestHeaders.Single(headers, RequestHeaders.ProtocolVersion) is { } wrong && !Revisions.IsModern(wrong))
            throw RpcException.UnsupportedVersion(Show(wrong));
        if (meta.ProtocolVersion is not { } version)
            throw RpcException.InvalidParams($"'params._meta[\"{MetaKeys.ProtocolVersion}\"]' is required: the revision this request speaks, as in the header {RequestHeaders.ProtocolVersion}.", 400);
        var header = RequestHeaders.Single(headers, RequestHeaders.ProtocolVersion)
            ?? throw RpcException.HeaderMismatch($"The header {RequestHeaders.ProtocolVersion} is required, once.");
        if (!string.Equals(header, version, StringComparison.Ordinal))
            throw RpcException.HeaderMismatch($"The header {RequestHeaders.ProtocolVersion} says '{Show(header)}', the body '{Show(version)}'.");
        if (!Revisions.IsModern(version))
            throw RpcException.UnsupportedVersion(Show(version));
        if (!meta.ClientCapabilities.IsPresent || meta.ClientCapabilities.Of(envelope.Body).Span[0] != (byte)'{')
        {
            throw RpcException.InvalidParams(
                $"'params._meta[\"{MetaKeys.ClientCapabilities}\"]' is required: an object, empty for a client with no capabilities.", 400);
        }
    }

    private static void CheckMethod(Envelope envelope, IHeaderDictionary headers)
    {
        if (envelope.Kind == MessageKind.Notification && !headers.ContainsKey(RequestHeaders.Method))
            return;
        var header = RequestHeaders.Single(headers, RequestHeaders.Method)
            ?? throw RpcException.HeaderMismatch($"The header {RequestHeaders.Method} is required, once.");
        if (!string.Equals(header, envelope.Method, StringComparison.Ordinal))
            throw RpcException.HeaderMismatch($"The header {RequestHeaders.Method} says '{Show(header)}', the body '{Show(envelope.Method)}'.");
    }

    private static void CheckName(IHeaderDictionary headers, string member, string? value)
    {
        if (!headers.ContainsKey(RequestHeaders.Name))
        {
            if (value is null)
                return;
            throw RpcException.HeaderMismatch($"The header {RequestHeaders.Name} is required: it repeats '{member}'.");
        }
        var header = Decode(headers, RequestHeaders.Name);
        if (!string.Equals(header, value, StringComparison.Ordinal))
            throw RpcException.HeaderMismatch($"The header {RequestHeaders.Name} does not repeat '{member}'.");
    }

    private void CheckParameters(Envelope envelope, IHeaderDictionary headers)
    {
        if (envelope.Name is null || !tools.TryGet(envelope.Name, out var entry) || entry.Headers.Count == 0)
            return;
        using var arguments = envelope.Parse(envelope.Arguments);
        foreach (var parameter in entry.Headers)
        {
            var value = Find(arguments.RootElement, parameter.Path);
            var expected = value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
            if (!headers.ContainsKey(parameter.Header))
            {
                if (expected)
                    throw RpcException.HeaderMismatch($"The header {parameter.Header} is required: it repeats 'arguments.{string.Join('.', parameter.Path)}'.");
                continue;
            }
            var header = Decode(headers, parameter.Header);
            if (!expected || !Matches(header, value))
                throw RpcException.HeaderMismatch($"The header {parameter.Header} does not repeat 'arguments.{string.Join('.', parameter.Path)}'.");
        }
    }

    private static JsonElement Find(JsonElement element, IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return default;
        }
        return element;
    }

    private static bool Matches(string header, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => string.Equals(header, value.GetString(), StringComparison.Ordinal),
        JsonValueKind.True => header == "true",
        JsonValueKind.False => header == "false",
        JsonValueKind.Number => header == value.GetRawText() || SameNumber(header, value),
        _ => false,
    };

    // 42.0 is 42 (rule M10). What a decimal cannot hold is compared as it is, in Matches.
    private static bool SameNumber(string header, JsonElement value) =>
        decimal.TryParse(header, NumberStyles.Float, CultureInfo.InvariantCulture, out var left) && value.TryGetDecimal(out var right) && left == right;

    private static string Decode(IHeaderDictionary headers, string name)
    {
        var text = RequestHeaders.Single(headers, name) ?? throw RpcException.HeaderMismatch($"The header {name} is sent more than once; send it once.");
        foreach (var c in text)
        {
            if (c is not ((>= ' ' and <= '~') or '\t'))
                throw RpcException.HeaderMismatch($"The header {name} has a character that is not visible ASCII; send such values as =?base64?…?=.");
        }
        if (!text.StartsWith(Base64Prefix, StringComparison.Ordinal)
            || !text.EndsWith(Base64Suffix, StringComparison.Ordinal) || text.Length < Base64Prefix.Length + Base64Suffix.Length)
        {
            return text;
        }
        var encoded = text.AsSpan(Base64Prefix.Length, text.Length - Base64Prefix.Length - Base64Suffix.Length);
        var bytes = new byte[encoded.Length];
        if (encoded.Length % 4 != 0 || !Convert.TryFromBase64Chars(encoded, bytes, out var length) || encoded.IndexOfAny(" \t") >= 0)
            throw RpcException.HeaderMismatch($"The header {name} is not valid Base64 between '=?base64?' and '?='.");
        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw RpcException.HeaderMismatch($"The header {name} does not decode to UTF-8.");
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static string Show(string text) => text.Length <= 64 ? text : string.Concat(text.AsSpan(0, 64), "…");
}
