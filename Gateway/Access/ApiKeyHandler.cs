using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Granary.Gateway.Access;

/// <summary>
/// Callers prove themselves with <c>Authorization: Bearer grk_…</c> or <c>X-API-Key</c>; two that disagree are refused. This is <see cref="ApiKeyCheck"/> as a scheme of ASP.NET Core,
/// which challenges; a request to an endpoint is checked without it (<see cref="SchemeAccess"/>).
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder, AccessContext access, ApiKeyCheck check)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(check.Check(Context.Features.Get<Credential>() ?? Credential.Of(Request.Headers)));

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers[HeaderNames.WWWAuthenticate] = access.Challenges.NotAuthenticated(properties.GetString("error"));
        return Task.CompletedTask;
    }
}
