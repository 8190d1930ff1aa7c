using Granary.Gateway.Access;

namespace Granary.Gateway.Api;

/// <summary>How a path that is no protocol's refuses a caller: logged, challenged, in a sentence.</summary>
internal sealed class ApiRefusals(Refusals refusals, Challenges challenges)
{
    /// <summary>Nobody whom the gateway knows.</summary>
    public static ApiAnswer Unknown(HttpContext context, AccessDecision decision)
    {
        context.Response.Headers.WWWAuthenticate = decision.Challenge;
        return ApiAnswer.Fail(decision.Status, decision.Reason ?? "Not authenticated.");
    }

    /// <summary>A caller who may not do this.</summary>
    public ApiAnswer Forbidden(HttpContext context, Principal caller, CallTarget target)
    {
        var refusal = Authorizer.Refusal(caller, [target]);
        refusals.Record(context, refusal.HttpStatus, refusal.Rule!, caller.Name);
        context.Response.Headers.WWWAuthenticate = refusal.NeededScopes is { } scopes ? challenges.InsufficientScope(scopes) : default(string?);
        return ApiAnswer.Fail(refusal.HttpStatus, refusal.Message);
    }
}
