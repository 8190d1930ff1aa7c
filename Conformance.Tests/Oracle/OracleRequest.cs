using System.Net.Http.Headers;
using System.Text;

namespace Granary.Conformance.Tests.Oracle;

/// <summary>
/// One HTTP request that both servers get. <c>{session}</c> stands for the session each of them gave. Bytes and headers of its own, not those of a client:
/// half of the requests are wrong on purpose, and both servers must get the same wrong ones.
/// </summary>
internal sealed record OracleRequest(string Name, HttpMethod Method, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public bool IsModern => Name.StartsWith("2026-07-28", StringComparison.Ordinal);

    /// <summary>The JSON-RPC method, where it has one.</summary>
    public string Calls { get; init; } = "";

    public OracleRequest With(string header, string? value)
    {
        var headers = new Dictionary<string, string>(Headers);
        if (value is null)
            headers.Remove(header);
        else
            headers[header] = value;
        return this with { Headers = headers };
    }

    public HttpRequestMessage Build(Uri endpoint, string? session)
    {
        var request = new HttpRequestMessage(Method, endpoint);
        if (Method == HttpMethod.Post)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
        foreach (var (name, value) in Headers)
        {
            HttpHeaders target = name == "Content-Type" ? request.Content!.Headers : request.Headers;
            target.TryAddWithoutValidation(name, value.Replace("{session}", session, StringComparison.Ordinal));
        }
        return request;
    }
}
