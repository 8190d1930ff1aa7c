using Microsoft.AspNetCore.Authentication;

namespace Granary.Gateway.Access;

/// <summary>Whose key a credential is. What no other scheme takes comes here too, and is told what would be taken.</summary>
internal sealed class ApiKeyCheck(AccessContext access, TimeProvider time)
{
    private static readonly byte[] NoSalt = new byte[16];
    private static readonly byte[] NoHash = new byte[ApiKey.HashBytes];

    public AuthenticateResult Check(Credential credential)
    {
        if (credential.IsAmbiguous)
        {
            return AuthenticateResult.Fail(new AccessRefusedException(
                "several credentials", credential.Problem) { Error = "invalid_request" });
        }
        if (credential.Text is not { } text)
            return AuthenticateResult.Fail(new AccessRefusedException("no credential", access.Wanted) { Error = null });
        if (access.Keys is not { } keys)
            return AuthenticateResult.Fail(new AccessRefusedException("unknown issuer", access.NoSuchIssuer));
        var now = time.GetUtcNow();
        var isKey = ApiKey.TryRead(text, out var id, out var secret);
        var key = isKey ? keys.Find(id) : null;
        // The same work for an unknown id as for a wrong secret, so that timing tells neither.
        var (salt, hash) = key?.Current ?? (NoSalt, NoHash);
        var matches = ApiKey.IsHash(salt, secret, hash);
        if (!matches && key?.Previous(now) is { } previous)
            matches = ApiKey.IsHash(previous.Salt, secret, previous.Hash);
        if (key is not null && matches && !key.HasExpired(now))
        {
            keys.Uses.Note(key.Principal.Name, now);
            return key.Admitted;
        }
        var known = keys.Knew(id) ? id.ToString() : null;
        if (key is not null && matches)
            return AuthenticateResult.Fail(new AccessRefusedException("expired key", "The API key has expired.") { Key = known });
        return !isKey && access.TakesTokens && credential.IsBearer
            ? AuthenticateResult.Fail(new AccessRefusedException("unknown issuer", access.NoSuchIssuer))
            : AuthenticateResult.Fail(new AccessRefusedException(key is null ? "unknown key" : "wrong secret", "The API key is not valid.")
            {
                Key = known,
                Guessed = isKey && ApiKey.CouldBe(id, secret) ? id.ToString() : null,
            });
    }
}
