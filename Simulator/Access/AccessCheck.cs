using Granary.Simulator.Backend;
using Microsoft.Net.Http.Headers;

namespace Granary.Simulator.Access;

/// <summary>
/// Checks who asks, in the three schemes of the API: an API token, a JWT with a CSRF token, a session cookie with a CSRF token; and whether
/// the token may do what it asks for.
/// </summary>
internal sealed class AccessCheck(string? only, TokenTable tokens)
{
    /// <summary>A token that is known but may do nothing.</summary>
    public const string Powerless = "no-permissions";

    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (Token(context.Request) is not { } token)
            return BackendAnswers.UnauthorizedAsync(context, "No credential, or one without its CSRF token");
        if (token == Powerless)
            return BackendAnswers.ErrorAsync(context, 403, "Insufficient permissions.");
        if (tokens.Find(token) is { } rule)
        {
            return Permissions.Needed(context.Request.Method, context.Request.Path) is { } needed && !rule.Permissions.Contains("*")
                && !rule.Permissions.Contains(needed)
                ? BackendAnswers.ErrorAsync(context, 403, $"Insufficient permissions. Missing permission: {needed}")
                : next(context);
        }
        var isKnown = only is null ? tokens.IsOpen : token == only;
        return isKnown ? next(context) : BackendAnswers.UnauthorizedAsync(context, "Invalid API token");
    }

    /// <summary>What identifies the caller; null where there is nothing.</summary>
    public static string? Token(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("apiToken ", StringComparison.Ordinal) && authorization.Length > 9)
            return authorization[9..];
        if (request.Headers["X-CSRF-TOKEN"].ToString().Length == 0)
            return null;
        if (authorization.StartsWith("Bearer ", StringComparison.Ordinal) && authorization.Length > 7)
            return authorization[7..];
        return CookieHeaderValue.TryParseList(request.Headers.Cookie, out var cookies) && cookies.Count > 0 && cookies[0].Value.Length > 0
            ? cookies[0].Value.ToString()
            : null;
    }
}
