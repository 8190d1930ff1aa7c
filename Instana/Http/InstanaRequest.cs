namespace Granary.Instana.Http;

/// <summary>One request to the backend.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">From <c>/api/</c> on, segments escaped.</param>
/// <param name="Family">The domain it belongs to, for example <c>events</c>: requests of one family are charged to one rate-limit zone.</param>
internal sealed record InstanaRequest(HttpMethod Method, string Path, string Family)
{
    /// <summary>The query without its question mark, escaped.</summary>
    public string Query { get; init; } = "";

    /// <summary>An <c>Accept</c> header that differs from the usual one.</summary>
    public string? Accept { get; init; }

    /// <summary>A JSON body, or null.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>True when a repeat changes nothing: every GET, and the POSTs that only read.</summary>
    public bool ReadOnly { get; init; }

    public static InstanaRequest Get(string path, string family, string query = "") =>
        new(HttpMethod.Get, path, family) { Query = query, ReadOnly = true };
}
