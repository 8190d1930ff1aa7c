using Microsoft.AspNetCore.Authentication;

namespace Granary.Gateway.Access;

/// <summary>
/// Access by ASP.NET Core's authentication: the policy scheme picks the scheme of the credential that a request brings, that scheme decides, and a
/// request that is not let in is challenged, logged, and slowed down where its address has guessed before.
/// </summary>
internal sealed class SchemeAccess(Refusals refusals, Guesses guesses) : IAccess
{
    public async ValueTask<AccessDecision> AuthenticateAsync(HttpContext context)
    {
        var result = await context.AuthenticateAsync(Schemes.Granary);
        if (CallerIdentity.Of(result.Principal) is { } caller)
            return AccessDecision.Allow(caller);
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
