using Granary.Gateway.Protocol.Messages;
using Microsoft.Net.Http.Headers;

namespace Granary.Gateway.Protocol.Http;

/// <summary>What a body may be. Forms, plain text and bodies without a type are what any page may send without being asked for leave.</summary>
internal static class MediaTypes
{
    /// <exception cref="RpcException">The body is not said to be JSON: 415.</exception>
    public static void RequireJson(IHeaderDictionary headers)
    {
        var type = headers.ContentType;
        if (type.Count != 1 || !IsJson(type[0]))
            throw RpcException.InvalidRequest("Send the body as 'Content-Type: application/json' in UTF-8.", StatusCodes.Status415UnsupportedMediaType);
    }

    private static bool IsJson(string? type)
    {
        if (type is null || !type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
            return false;
        return type.Length == "application/json".Length
            || (MediaTypeHeaderValue.TryParse(type, out var parsed)
                && parsed.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                && (!parsed.Charset.HasValue || HeaderUtilities.RemoveQuotes(parsed.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)));
    }
}
