using System.Diagnostics.CodeAnalysis;

namespace Granary.Instana.Connections;

/// <summary>
/// Where a backend is and who asks: everything that makes one connection distinct from another. Equal address and credential
/// are the same connection; its text form never shows the secret.
/// </summary>
/// <param name="BaseUrl">The backend's origin, for example <c>https://unit-tenant.instana.io</c>; no <c>/api</c>, no trailing slash.</param>
/// <param name="Credential">What proves the caller; never logged, never returned.</param>
public sealed record InstanaConnection(Uri BaseUrl, InstanaCredential Credential)
{
    /// <summary>Checks an address against the allow-list and a credential against its rules.</summary>
    /// <param name="baseUrl">As a person writes it: a trailing <c>/</c> or <c>/api</c> is dropped.</param>
    /// <param name="credential">In one of the three schemes.</param>
    /// <param name="options">Which hosts may be called at all.</param>
    /// <param name="connection">The connection, when there is no problem.</param>
    /// <param name="problem">A sentence that names the field and the fix, and no secret.</param>
    public static bool TryCreate(
        string? baseUrl,
        InstanaCredential credential,
        InstanaOptions options,
        [NotNullWhen(true)] out InstanaConnection? connection,
        [NotNullWhen(false)] out string? problem)
    {
        connection = null;
        if (!BaseUrlRules.TryNormalise(baseUrl, out var origin, out problem))
            return false;
        problem = options.CheckHost(origin) ?? CredentialRules.Check(credential);
        if (problem is not null)
            return false;
        connection = new InstanaConnection(origin, credential);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => $"{BaseUrl.GetLeftPart(UriPartial.Authority)} ({Credential})";
}
