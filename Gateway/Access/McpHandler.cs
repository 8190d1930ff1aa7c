using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ModelContextProtocol.AspNetCore.Authentication;

namespace Granary.Gateway.Access;

/// <summary>
/// The SDK's handler, which serves the metadata of RFC 9728. Its challenge is our own: it says <c>error</c> and <c>scope</c> too, and names the
/// address that is configured instead of one that the request made up.
/// </summary>
internal sealed class McpHandler(IOptionsMonitor<McpAuthenticationOptions> options, ILoggerFactory log, UrlEncoder encoder, AccessContext access)
    : McpAuthenticationHandler(options, log, encoder)
{
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers[HeaderNames.WWWAuthenticate] = access.Challenges.NotAuthenticated(properties.GetString("error"));
        return Task.CompletedTask;
    }
}
