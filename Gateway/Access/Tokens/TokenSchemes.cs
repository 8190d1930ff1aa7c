using System.Collections.Frozen;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Access.Tokens;

/// <summary>
/// The schemes of access tokens, one for each issuer. A request's token goes this way:
/// 1. a token that was validated within the last minutes is known by its hash, and so is its scheme;
/// 2. any other names its issuer itself, which chooses the scheme and proves nothing;
/// 3. the scheme, ASP.NET Core's own handler, checks signature, algorithm, type, issuer, audience and times; before that, keys are fetched again where
///    the token's is not known;
/// 4. tenant, subject and scopes become the caller, who is remembered with the token.
/// </summary>
internal sealed partial class TokenSchemes : ITokenSchemes
{
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private static readonly string[] Types = ["at+jwt", "application/at+jwt", "JWT"];

    private readonly FrozenDictionary<string, string> _schemes;
    private readonly TokenCache _cache;
    private readonly KeySource _source;
    private readonly TimeProvider _time;
    private readonly ILogger<TokenSchemes> _log;

    public TokenSchemes(IssuersFile issuers, KeySource source, TimeProvider time, ILogger<TokenSchemes> log)
    {
        (_source, _time, _log, _cache) = (source, time, log, new TokenCache(time));
        _schemes = issuers.Issuers.ToFrozenDictionary(i => i.Address, i => Schemes.Issuer(i.Name), StringComparer.Ordinal);
    }

    public string? SchemeOf(HttpContext context, string token)
    {
        if (token.StartsWith("grk_", StringComparison.Ordinal))
            return null;
        if (_cache.Find(token) is { } known)
        {
            context.Features.Set(known);
            return known.Scheme;
        }
        try
        {
            return _schemes.GetValueOrDefault(new JsonWebToken(token).Issuer);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    /// <summary>Sets up ASP.NET Core's handler for one issuer.</summary>
    public void Configure(JwtBearerOptions options, Issuer issuer, ResourceAddress address)
    {
        var keys = new IssuerKeys(issuer, cancel => _source.FetchAsync(issuer, cancel), _time) { Failed = e => LogNoKeys(issuer.Name, e.Message) };
        options.ConfigurationManager = keys;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = issuer.Address,
            ValidAudiences = [.. address.Audiences, .. issuer.Audiences ?? []],
            ValidAlgorithms = Algorithms,
            ValidTypes = Types,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = new TokenLifetime(issuer, _time).Validate,
        };
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = context => ReceiveAsync(context, keys),
            OnTokenValidated = context => Accept(context, issuer),
            OnAuthenticationFailed = context =>
            {
                context.Fail(TokenRefusals.Of(context.Exception));
                return Task.CompletedTask;
            },
        };
    }

    private static async Task ReceiveAsync(MessageReceivedContext context, IssuerKeys keys)
    {
        if (context.HttpContext.Features.Get<KnownToken>() is { } known)
        {
            context.Principal = known.User;
            context.Success();
            return;
        }
        context.Token = context.HttpContext.Features.Get<Credential>()?.Text;
        await keys.PrepareAsync(new JsonWebToken(context.Token).Kid, context.HttpContext.RequestAborted);
    }

    private Task Accept(TokenValidatedContext context, Issuer issuer)
    {
        try
        {
            var token = (JsonWebToken)context.SecurityToken;
            var user = CallerIdentity.User(TokenCallers.Create(issuer, token, _time), context.Scheme.Name);
            var (ends, soon) = (new DateTimeOffset(token.ValidTo), _time.GetUtcNow() + TokenCache.Longest);
            _cache.Add(token.EncodedToken, new KnownToken(context.Scheme.Name, user, ends < soon ? ends : soon));
            context.Principal = user;
        }
        catch (AccessRefusedException e)
        {
            context.Fail(e);
        }
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Error, "The keys of the issuer {Issuer} cannot be read: {Reason}")]
    private partial void LogNoKeys(string issuer, string reason);
}
