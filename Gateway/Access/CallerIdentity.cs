using System.Security.Claims;

namespace Granary.Gateway.Access;

/// <summary>ASP.NET Core's form of a caller: made once for each key or token, so that a request makes none.</summary>
internal sealed class CallerIdentity : ClaimsIdentity
{
    private CallerIdentity(Principal caller, string scheme)
        : base([new Claim("sub", caller.Name)], scheme, "sub", null) => Caller = caller;

    public Principal Caller { get; }

    public static ClaimsPrincipal User(Principal caller, string scheme) => new(new CallerIdentity(caller, scheme));

    /// <summary>The caller of a request that a scheme let in.</summary>
    public static Principal? Of(ClaimsPrincipal? user) => (user?.Identity as CallerIdentity)?.Caller;
}
