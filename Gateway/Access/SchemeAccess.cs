using Microsoft.AspNetCore.Authentication;

namespace Granary.Gateway.Access;

/// <summary>
/// Access by ASP.NET Core's authentication: the scheme of the credential that a request brings decides, and a request that is not let in is challenged, logged, and slowed down where
/// its address has guessed before. API keys alone are checked directly: nothing of ASP.NET Core's decides about them, and its services, made anew for each request, cost more than the check.
/// </summary>
internal sealed class SchemeAccess(AccessContext access, ApiKeyCheck keys, Refusals refusals, Guesses guesses) : IAccess
{
    public ValueTask<AccessDecision> AuthenticateAsync(HttpContext context)
    {
        var scheme = access.SchemeOf(context, out var credential);
        if (scheme != Schemes.ApiKey)
            return AskAsync(context, scheme, credential);
        var result = keys.Check(credential);
        return CallerIdentity.Of(result.Principal) is { } caller ? new ValueTask<AccessDecision>(AccessDecision.Allow(caller)) : RefuseAsync(context, result);
    }

    private async ValueTask<AccessDecision> AskAsync(HttpContext context, string scheme, Credential credential)
    {
        context.Features.Set(credential);
        var result = await context.AuthenticateAsync(scheme);
        return CallerIdentity.Of(result.Principal) is { } caller ? AccessDecision.Allow(caller) : await RefuseAsync(context, result);
    }

    private async ValueTask<AccessDecision> RefuseAsync(HttpContext context, AuthenticateResult result)
    {
        var refusal = result.Failure as AccessRefusedException ?? new AccessRefusedException("invalid token", "The access token is not valid.");
        refusals.Record(context, refusal.Status, refusal.Rule, refusal.Key);
        if (refusal.Status != StatusCodes.Status401Unauthorized)
            return AccessDecision.NotNow(refusal.Status, refusal.Message);
        if (refusal.Guessed is { } guessed && !await guesses.SlowAsync(context, guessed))
            return AccessDecision.NotNow(StatusCodes.Status429TooManyRequests, Guesses.TooMany);
        await context.ChallengeAsync(Schemes.Granary, new AuthenticationProperties(new Dictionary<string, string?> { ["error"] = refusal.Error }));
        return AccessDecision.Refuse(context.Response.Headers.WWWAuthenticate.ToString(), refusal.Message);
    }
}
