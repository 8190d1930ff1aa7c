namespace Granary.Gateway.Protocol.Http;

/// <summary>What a client accepts as an answer. One that says nothing, or <c>*/*</c>, accepts JSON.</summary>
[Flags]
internal enum Accepts
{
    Nothing = 0,
    Json = 1,
    EventStream = 2,
}

internal static class AcceptHeader
{
    public static Accepts Read(IHeaderDictionary headers)
    {
        var values = headers.Accept;
        if (values.Count == 0)
            return Accepts.Json;
        var accepts = Accepts.Nothing;
        foreach (var value in values)
        {
            if (value is null)
                continue;
            if (value.Contains("application/json", StringComparison.OrdinalIgnoreCase) || value.Contains("application/*", StringComparison.OrdinalIgnoreCase))
                accepts |= Accepts.Json;
            if (value.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) || value.Contains("text/*", StringComparison.OrdinalIgnoreCase))
                accepts |= Accepts.EventStream;
            if (value.Contains("*/*", StringComparison.Ordinal))
                accepts |= Accepts.Json;
        }
        return accepts;
    }
}
