using System.Security.Cryptography;

namespace Granary.Gateway.Access;

/// <summary>Callers prove themselves with <c>Authorization: Bearer grk_…</c> or <c>X-API-Key</c>; two that disagree are refused.</summary>
internal sealed class ApiKeyAccess(ApiKeys keys, Refusals refusals, TimeProvider time) : IAccess
{
    private const string Challenge = "Bearer realm=\"granary\"";
    private const string InvalidToken = Challenge + ", error=\"invalid_token\"";
    private static readonly byte[] NoSalt = new byte[16];
    private static readonly byte[] NoHash = new byte[32];

    public ValueTask<AccessDecision> AuthenticateAsync(HttpContext context)
    {
        if (!TryPresented(context.Request.Headers, out var text))
        {
            return Refuse(
                context, null, "several credentials", Challenge + ", error=\"invalid_request\"",
                "This request brings several API keys: send one, as 'Authorization: Bearer <key>' or as 'X-API-Key'.");
        }
        if (text is null)
            return Refuse(context, null, "no credential", Challenge, "This gateway asks for an API key: send 'Authorization: Bearer <key>'.");
        var now = time.GetUtcNow();
        KnownKey? key = null;
        var secret = "";
        if (ApiKey.TryRead(text, out var id, out var given))
        {
            secret = given;
            key = keys.Find(id);
        }
        // The same work for an unknown id as for a wrong secret, so that timing tells neither.
        var (salt, hash) = key?.Current ?? (NoSalt, NoHash);
        var matches = CryptographicOperations.FixedTimeEquals(ApiKey.Hash(salt, secret), hash);
        if (!matches && key?.Previous(now) is { } previous)
            matches = CryptographicOperations.FixedTimeEquals(ApiKey.Hash(previous.Salt, secret), previous.Hash);
        if (key is null || !matches)
            return Refuse(context, id, key is null ? "unknown key" : "wrong secret", InvalidToken, "The API key is not valid.");
        return key.HasExpired(now)
            ? Refuse(context, id, "expired key", InvalidToken, "The API key has expired.")
            : new(AccessDecision.Allow(key.Principal));
    }

    /// <summary>The one credential of a request, null for none. False where there are several that are not the same.</summary>
    private static bool TryPresented(IHeaderDictionary headers, out string? text)
    {
        const string Scheme = "Bearer ";
        text = null;
        var (authorization, header) = (headers.Authorization, headers["X-API-Key"]);
        if (authorization.Count > 1 || header.Count > 1)
            return false;
        var bearer = authorization.Count == 1 && authorization[0] is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim()
            : null;
        text = bearer ?? (header.Count == 1 ? header[0] : null);
        return bearer is null || header.Count == 0 || header[0] == bearer;
    }

    private ValueTask<AccessDecision> Refuse(HttpContext context, string? id, string rule, string challenge, string reason)
    {
        refusals.Record(context, StatusCodes.Status401Unauthorized, rule, id is not null && keys.Knew(id) ? id : null);
        return new(AccessDecision.Refuse(challenge, reason));
    }
}
