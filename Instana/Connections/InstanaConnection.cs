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

    /// <summary>A sentence that says why a unit's address cannot be one whose token is held by the server; null when it can.</summary>
    public static string? CheckHeld(string? baseUrl)
    {
        if (!BaseUrlRules.TryNormalise(baseUrl, out var origin, out var problem))
            return problem;
        return InstanaEnvironment.IsSafe(origin) ? null : "The Instana base URL must use https: a token goes with each request (plain http only on loopback).";
    }

    /// <summary>A sentence that says why an API token cannot be one; null when it can. It does not show the token.</summary>
    public static string? CheckToken(string token) => CredentialRules.Token("The API token", token);

    /// <summary>The origin of an address that is right, in one spelling.</summary>
    /// <exception cref="FormatException">It is not right.</exception>
    public static string Origin(string baseUrl) => BaseUrlRules.TryNormalise(baseUrl, out var origin, out var problem)
        ? origin.GetLeftPart(UriPartial.Authority)
        : throw new FormatException(problem);

    /// <inheritdoc />
    public override string ToString() => $"{BaseUrl.GetLeftPart(UriPartial.Authority)} ({Credential})";
}
