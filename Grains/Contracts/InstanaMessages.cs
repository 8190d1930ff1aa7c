namespace Granary.Grains.Contracts;

/// <summary>
/// An <see cref="Instana.Operations.InstanaCall"/> on its way to a silo. A record of its own, because it says more and less than the call: it brings the connection,
/// whose grain may not know it yet, and says in <paramref name="Left"/> how long the caller still waits, because clocks differ; the unit has done its work at
/// the gateway. Silos that do not know <paramref name="Left"/> read <paramref name="Deadline"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("granary.instana-call")]
public sealed record InstanaCallMessage(
    [property: Id(0)] ConnectionMessage Connection,
    [property: Id(1)] string Tool,
    [property: Id(2)] string? ResourceType,
    [property: Id(3)] string Operation,
    [property: Id(4)] ReadOnlyMemory<byte> Params,
    [property: Id(5)] Dictionary<string, string>? Tracking,
    [property: Id(6)] DateTimeOffset? Deadline,
    [property: Id(7)] TimeSpan? Left = null);

/// <summary>
/// See <see cref="Instana.Connections.InstanaConnection"/>. The scheme is <c>token</c>, <c>jwt</c>, <c>session</c>, or <c>held</c>, whose secret is no secret but
/// the alias of a unit that silos hold the token of. Not a record: nothing may print its secrets.
/// </summary>
[GenerateSerializer, Immutable, Alias("granary.connection")]
public sealed class ConnectionMessage(string baseUrl, string scheme, string secret, string? csrfToken, string? cookieName)
{
    /// <summary>The backend's origin.</summary>
    [Id(0)]
    public string BaseUrl { get; } = baseUrl;

    /// <summary>The kind of credential.</summary>
    [Id(1)]
    public string Scheme { get; } = scheme;

    /// <summary>The token.</summary>
    [Id(2)]
    public string Secret { get; } = secret;

    /// <summary>The CSRF token, where the scheme has one.</summary>
    [Id(3)]
    public string? CsrfToken { get; } = csrfToken;

    /// <summary>The cookie's name, where the scheme has one.</summary>
    [Id(4)]
    public string? CookieName { get; } = cookieName;
}

/// <summary>See <see cref="Instana.Operations.InstanaResult"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.instana-result")]
public sealed record InstanaResultMessage([property: Id(0)] ReadOnlyMemory<byte> Json, [property: Id(1)] bool IsError);
