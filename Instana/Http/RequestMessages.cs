using System.Net.Http.Headers;
using System.Reflection;
using Granary.Instana.Connections;

namespace Granary.Instana.Http;

/// <summary>Turns a request into the message that is sent. A message is sent once, so each attempt makes its own.</summary>
internal static class RequestMessages
{
    private static readonly string UserAgent = "Granary/" + Version();

    public static HttpRequestMessage Create(InstanaConnection connection, InstanaRequest request, CallScope scope, Uri? redirected)
    {
        var query = request.Query.Length == 0 ? "" : "?" + request.Query;
        var message = new HttpRequestMessage(request.Method, redirected ?? new Uri(connection.BaseUrl, request.Path + query))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        message.Headers.TryAddWithoutValidation("Accept", request.Accept ?? "application/json, */*;q=0.1");
        Authorise(message.Headers, connection.Credential);
        CallTracking.Write(message.Headers, scope, connection.Credential);
        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        return message;
    }

    private static void Authorise(HttpRequestHeaders headers, InstanaCredential credential)
    {
        switch (credential)
        {
            case ApiTokenCredential api:
                headers.TryAddWithoutValidation("Authorization", "apiToken " + api.Token);
                break;
            case JwtCredential jwt:
                headers.TryAddWithoutValidation("Authorization", "Bearer " + jwt.Token);
                headers.TryAddWithoutValidation("X-CSRF-TOKEN", jwt.CsrfToken);
                break;
            case SessionCredential session:
                headers.TryAddWithoutValidation("Cookie", $"{session.CookieName}={session.AuthToken}");
                headers.TryAddWithoutValidation("X-CSRF-TOKEN", session.CsrfToken);
                break;
        }
    }

    private static string Version()
    {
        var version = typeof(RequestMessages).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        // The part after '+' is the commit: of no use to the backend.
        return version.Split('+')[0];
    }
}
