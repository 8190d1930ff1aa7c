namespace Granary.Gateway.Access;

/// <summary>What the schemes share: the keys in force, whether tokens are accepted, and how a request is challenged.</summary>
internal sealed class AccessContext(Challenges challenges, ApiKeys? keys = null, ITokenSchemes? tokens = null, CertificateKeys? certificates = null)
{
    public Challenges Challenges => challenges;

    /// <summary>Null where only access tokens are accepted.</summary>
    public ApiKeys? Keys => keys;

    public bool TakesTokens => tokens is not null;

    /// <summary>What a request without a credential is told.</summary>
    public string Wanted { get; } = tokens is null
        ? $"This gateway asks for an API key: send 'Authorization: Bearer <key>'{(certificates is null ? "" : ", or show a client certificate on its TLS port")}."
        : $"This gateway asks for an access token{(keys is null ? "" : " or an API key")}: send 'Authorization: Bearer <token>'. WWW-Authenticate says where to get one.";

    public string NoSuchIssuer { get; } = $"This is no access token of an issuer that this gateway trusts{(keys is null ? "" : ", and no API key")}.";

    /// <summary>Which scheme the request's credential belongs to; the scheme finds it among the request's features.</summary>
    public string SchemeOf(HttpContext context)
    {
        var scheme = SchemeOf(context, out var credential);
        context.Features.Set(credential);
        return scheme;
    }

    /// <summary>Reads the request's credential and says which scheme it belongs to.</summary>
    public string SchemeOf(HttpContext context, out Credential credential)
    {
        credential = Credential.Of(context.Request.Headers);
        if (certificates is not null && context.Connection.ClientCertificate is { } certificate)
        {
            if (credential is { Text: null, IsAmbiguous: false })
                return Schemes.Certificate;
            if (certificates.Find(certificate) is not null)
                credential = Credential.BesideCertificate;
        }
        return tokens is not null && credential is { IsBearer: true, Text: { } text } && tokens.SchemeOf(context, text) is { } scheme ? scheme : Schemes.ApiKey;
    }
}
