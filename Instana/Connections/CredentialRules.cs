namespace Granary.Instana.Connections;

/// <summary>What a token may look like, so that it can stand in a header and nothing else can hide in it.</summary>
internal static class CredentialRules
{
    /// <summary>The longest token, in characters.</summary>
    public const int MaxLength = 2048;

    private const int MaxCookieName = 128;

    public static string? Check(InstanaCredential credential) => credential switch
    {
        ApiTokenCredential api => Token("The API token", api.Token),
        JwtCredential jwt => Token("The JWT", jwt.Token) ?? Token("The CSRF token", jwt.CsrfToken),
        SessionCredential session => Session(session),
        HeldCredential => null,
        _ => "This kind of credential is unknown.",
    };

    /// <summary>Checks one token; the sentence names the field, never the value.</summary>
    public static string? Token(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return $"{name} is empty.";
        if (value.Length > MaxLength)
            return $"{name} exceeds maximum length of {MaxLength}";
        return value.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0
            ? null
            : $"{name} contains a character that is not visible ASCII; was it pasted with a space or a line break?";
    }

    public static string? CookieName(string name, string value)
    {
        if (value.Length is 0 or > MaxCookieName)
            return $"{name} must have 1 to {MaxCookieName} characters.";
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))
                return $"{name} may contain letters, digits, '_' and '-' only.";
        }
        return null;
    }

    private static string? Session(SessionCredential session)
    {
        var problem = Token("The session token", session.AuthToken)
            ?? Token("The CSRF token", session.CsrfToken)
            ?? CookieName("The cookie name", session.CookieName);
        // These end a cookie's value or its name: a second cookie could follow.
        return problem is null && session.AuthToken.AsSpan().IndexOfAny("\";,\\") >= 0
            ? "The session token contains a character that a cookie cannot carry."
            : problem;
    }
}
