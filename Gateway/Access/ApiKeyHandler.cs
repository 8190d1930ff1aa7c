using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Granary.Gateway.Access;

/// <summary>
/// Callers prove themselves with <c>Authorization: Bearer grk_…</c> or <c>X-API-Key</c>; two that disagree are refused. What no other scheme takes
/// comes here too, and is told what would be taken.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder, AccessContext access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    private static readonly byte[] NoSalt = new byte[16];
    private static readonly byte[] NoHash = new byte[32];

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Check());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers[HeaderNames.WWWAuthenticate] = access.Challenges.NotAuthenticated(properties.GetString("error"));
        return Task.CompletedTask;
    }

    private AuthenticateResult Check()
    {
        var credential = Context.Features.Get<Credential>() ?? Credential.Of(Request.Headers);
        if (credential.IsAmbiguous)
        {
            return AuthenticateResult.Fail(new AccessRefusedException(
                "several credentials", credential.Problem) { Error = "invalid_request" });
        }
        if (credential.Text is not { } text)
            return AuthenticateResult.Fail(new AccessRefusedException("no credential", access.Wanted) { Error = null });
        if (access.Keys is not { } keys)
            return AuthenticateResult.Fail(new AccessRefusedException("unknown issuer", access.NoSuchIssuer));
        var now = TimeProvider.GetUtcNow();
        KnownKey? key = null;
        var secret = "";
        var isKey = ApiKey.TryRead(text, out var id, out var given);
        if (isKey)
        {
            secret = given!;
            key = keys.Find(id!);
        }
        // The same work for an unknown id as for a wrong secret, so that timing tells neither.
        var (salt, hash) = key?.Current ?? (NoSalt, NoHash);
        var matches = CryptographicOperations.FixedTimeEquals(ApiKey.Hash(salt, secret), hash);
        if (!matches && key?.Previous(now) is { } previous)
            matches = CryptographicOperations.FixedTimeEquals(ApiKey.Hash(previous.Salt, secret), previous.Hash);
        if (key is not null && matches && !key.HasExpired(now))
        {
            keys.Uses.Note(id!, now);
            return AuthenticateResult.Success(key.Ticket);
        }
        var known = id is not null && keys.Knew(id) ? id : null;
        if (key is not null && matches)
            return AuthenticateResult.Fail(new AccessRefusedException("expired key", "The API key has expired.") { Key = known });
        return !isKey && access.TakesTokens && credential.IsBearer
            ? AuthenticateResult.Fail(new AccessRefusedException("unknown issuer", access.NoSuchIssuer))
            : AuthenticateResult.Fail(new AccessRefusedException(key is null ? "unknown key" : "wrong secret", "The API key is not valid.")
            {
                Key = known,
                Guessed = isKey && ApiKey.CouldBe(id!, secret) ? id : null,
            });
    }
}
