using Granary.Gateway.Protocol.Calls;

namespace Granary.Gateway.Protocol.Http;

/// <summary>What a call may see of its HTTP request. When the work outlives the request, it goes on with a copy of the headers.</summary>
internal sealed class HttpSource : IRequestSource
{
    private volatile IHeaderDictionary _headers;

    public HttpSource(HttpContext context)
    {
        _headers = context.Request.Headers;
        Disconnected = context.RequestAborted;
        Address = context.Connection.RemoteIpAddress;
    }

    public System.Net.IPAddress? Address { get; }

    public bool IsHttp => true;

    public CancellationToken Disconnected { get; }

    public string? Header(string name) => _headers.TryGetValue(name, out var values) && values.Count == 1 ? values[0] : null;

    /// <summary>The request is about to end: keep what was in it.</summary>
    public void Detach() => _headers = new HeaderDictionary(_headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase));
}
